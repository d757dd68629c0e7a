"""The captioners against torch's own layers, and one word at a time against all at once."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from models.captioning.decoder import CaptionerConfig
from models.captioning.network import Captioner
from models.captioning.transformer import attend
from models.captioning.vocabulary import START
from models.core import checkpoint
from tests.models.captioning.tiny import BOTH, LSTM, TRANSFORMER, captioner


@pytest.fixture
def pictures():
    return torch.rand(3, 3, 48, 48, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def annotations(pictures):
    with torch.no_grad():
        return captioner().annotate(pictures)


@pytest.fixture
def words():
    drawn = torch.randint(4, 10, (3, 2, 6), generator=torch.Generator().manual_seed(1))
    drawn[..., 0] = START
    return drawn  # B n T


def test_the_shipped_shape_keeps_to_the_size_plan(tmp_path):
    network = Captioner(CaptionerConfig(tuple(f"word {i}" for i in range(2542))))
    checkpoint.save(network, tmp_path / "a.safetensors")
    assert (tmp_path / "a.safetensors").stat().st_size < 15 * 2**20
    with torch.no_grad():
        annotations = network.eval().annotate(torch.rand(1, 3, 160, 160))
    assert annotations.shape == (1, 100, 320)
    assert network.config.grid == 10


@BOTH
def test_one_word_at_a_time_equals_all_at_once(decoder, annotations, words):
    with torch.no_grad():
        logits, attention = decoder(annotations, words)  # R T V
        memory, state = decoder.begin(annotations, captions=2)
        for t in range(words.shape[2]):
            step = decoder.decode(words.flatten(0, 1)[:, t : t + 1], memory, state)
            state = step.state
            torch.testing.assert_close(step.logits[:, 0], logits[:, t])
            torch.testing.assert_close(step.attention[:, 0], attention[:, t])


@BOTH
def test_attention_is_a_share_of_every_place(decoder, annotations, words):
    _, attention = decoder(annotations, words)
    layers, heads = decoder.views
    assert attention.shape == (6, 6, layers * heads, 9)
    torch.testing.assert_close(attention.sum(-1), torch.ones(6, 6, layers * heads))
    assert attention.std() > 0.01


@BOTH
def test_captions_of_a_picture_do_not_see_each_other_or_other_pictures(decoder, annotations, words):
    together, _ = decoder(annotations, words)
    alone, _ = decoder(annotations[1:2], words[1:2, 1:2])
    torch.testing.assert_close(together[3], alone[0])


@BOTH
def test_no_word_sees_the_ones_after_it(decoder, annotations, words):
    changed = words.clone()
    changed[..., 4:] = 5
    before, after = decoder(annotations, words)[0], decoder(annotations, changed)[0]
    torch.testing.assert_close(before[:, :4], after[:, :4])
    assert not torch.allclose(before[:, 4:], after[:, 4:])


def test_both_decoders_are_given_the_same_annotations(pictures, annotations, words):
    network = captioner()
    seen, known = network(pictures, words), network(annotations, words)
    for name, decoder in network.decoders.items():
        expected, _ = decoder(annotations, words)
        torch.testing.assert_close(seen[name][0], expected)
        torch.testing.assert_close(known[name][0], expected)


@LSTM
def test_the_lstm_is_torch_s(decoder):
    theirs = nn.LSTMCell(16, 6)
    weights = decoder.gates.weight.detach()  # 4H, inputs then hidden
    theirs.weight_ih.data, theirs.weight_hh.data = weights[:, :16], weights[:, 16:]
    theirs.bias_ih.data, theirs.bias_hh.data = decoder.gates.bias.detach(), torch.zeros(24)
    x, hidden, cell = torch.randn(4, 16), torch.randn(4, 6), torch.randn(4, 6)
    for ours, expected in zip(
        decoder.tick(x, hidden, cell), theirs(x, (hidden, cell)), strict=False
    ):
        torch.testing.assert_close(ours, expected)


@LSTM
def test_the_readings_are_of_the_gates_and_the_state(decoder, annotations, words):
    memory, state = decoder.begin(annotations, 2)
    decoded = decoder.decode(words.flatten(0, 1), memory, state)
    assert list(decoded.readings) == ["input", "forget", "output", "selector", "hidden", "cell"]
    for name in ("input", "forget", "output", "selector"):
        assert ((decoded.readings[name] > 0) & (decoded.readings[name] < 1)).all()
    hidden, cell = decoded.state
    torch.testing.assert_close(decoded.readings["hidden"][:, -1], hidden.norm(dim=1))
    torch.testing.assert_close(decoded.readings["cell"][:, -1], cell.norm(dim=1))


@pytest.mark.parametrize("causal", [False, True])
def test_attention_is_torch_s(causal):
    queries, keys, values = torch.randn(3, 2, 4, 5, 8).unbind()
    mask = torch.ones(5, 5, dtype=torch.bool).tril() if causal else None
    ours, weights = attend(queries, keys, values, mask)
    expected = F.scaled_dot_product_attention(queries, keys, values, is_causal=causal)
    torch.testing.assert_close(ours, expected)
    torch.testing.assert_close(weights @ values, expected)


@TRANSFORMER
def test_a_layer_is_torch_s_decoder_layer(decoder):
    """With the weights of ours, `nn.TransformerDecoderLayer` (pre-norm) gives the same."""
    layer = decoder.layers[0]
    theirs = nn.TransformerDecoderLayer(
        8, 2, 16, 0.0, activation=F.gelu, batch_first=True, norm_first=True
    ).eval()
    query = {"weight": layer.ask_places.weight, "bias": layer.ask_places.bias}
    places = {"weight": layer.from_places.weight, "bias": layer.from_places.bias}
    state = {
        "self_attn.in_proj_weight": layer.from_words.weight,
        "self_attn.in_proj_bias": layer.from_words.bias,
        "multihead_attn.in_proj_weight": torch.cat([query["weight"], places["weight"]]),
        "multihead_attn.in_proj_bias": torch.cat([query["bias"], places["bias"]]),
    }
    for name, part in (
        ("self_attn.out_proj", layer.words_out),
        ("multihead_attn.out_proj", layer.places_out),
        ("linear1", layer.dense[0]),
        ("linear2", layer.dense[2]),
        ("norm1", layer.norm_words),
        ("norm2", layer.norm_places),
        ("norm3", layer.norm_dense),
    ):
        state |= {f"{name}.weight": part.weight, f"{name}.bias": part.bias}
    theirs.load_state_dict(state)
    x, memory = torch.randn(3, 5, 8), torch.randn(3, 9, 8)
    none = x.new_empty(3, 2, 0, 4)
    ours, *_ = layer(x, layer.split(layer.from_places(memory), 2), (none, none))
    mask = nn.Transformer.generate_square_subsequent_mask(5)
    torch.testing.assert_close(ours, theirs(x, memory, tgt_mask=mask, tgt_is_causal=True))


def test_saved_and_loaded_it_says_the_same(tmp_path, pictures, words):
    network = captioner()
    checkpoint.save(network, tmp_path / "a.safetensors")
    once = checkpoint.load(Captioner, tmp_path / "a.safetensors")
    assert once.config == network.config
    for decoder, before in zip(once.decoders.values(), network.decoders.values(), strict=True):
        assert decoder.vocabulary.numbers("a black dog") == before.vocabulary.numbers(
            "A black dog!"
        )
    checkpoint.save(once, tmp_path / "b.safetensors")
    twice = checkpoint.load(Captioner, tmp_path / "b.safetensors")
    with torch.no_grad():
        for name, (logits, _) in once(pictures, words).items():
            assert torch.equal(logits, twice(pictures, words)[name][0])
