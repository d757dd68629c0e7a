"""How sharp a picture is."""

import torch

from models.core.metrics import edge_strength


def test_a_flat_picture_has_no_edges_and_a_chessboard_has_most():
    board = (torch.arange(8)[:, None] + torch.arange(8)) % 2
    pictures = torch.stack([torch.full((8, 8), 0.5), board.float()])[:, None].repeat(1, 3, 1, 1)
    torch.testing.assert_close(edge_strength(pictures), torch.tensor([0.0, 255.0]))


def test_one_step_is_spread_over_all_neighbours():
    picture = torch.zeros(1, 3, 4, 4)
    picture[..., 2:] = 1
    # Of 12 pairs beside and 12 above each other 4 differ, by 255.
    torch.testing.assert_close(edge_strength(picture), torch.tensor([255 * 4 / 24]))
