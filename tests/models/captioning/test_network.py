"""The captioners against torch's own layers, and one word at a time against all at once."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from models.captioning.caption import load
from models.captioning.lstm import LSTMConfig
from models.captioning.transformer import TransformerConfig, attend
from models.captioning.vocabulary import START
from models.core import checkpoint
from models.core.errors import InputError
from tests.models.captioning.tiny import KINDS, captioner

BOTH = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def pictures():
    return torch.rand(3, 3, 48, 48, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def words():
    drawn = torch.randint(4, 10, (3, 2, 6), generator=torch.Generator().manual_seed(1))
    drawn[..., 0] = START
    return drawn  # B n T


@pytest.mark.parametrize(
    ("kind", "config"), [("lstm", LSTMConfig), ("transformer", TransformerConfig)]
)
def test_the_shipped_shapes_keep_to_the_size_plan(kind, config, tmp_path):
    network = KINDS[kind][0](config(tuple(f"word {i}" for i in range(2542))))
    checkpoint.save(network, tmp_path / "a.safetensors")
    assert (tmp_path / "a.safetensors").stat().st_size < 11.6 * 2**20
    with torch.no_grad():
        annotations = network.eval().annotate(torch.rand(1, 3, 160, 160))
    assert annotations.shape == (1, 100, 320)
    assert network.config.grid == 10


@BOTH
def test_one_word_at_a_time_equals_all_at_once(kind, pictures, words):
    network = captioner(kind)
    with torch.no_grad():
        logits, attention = network(pictures, words)  # R T V
        memory, state = network.begin(network.annotate(pictures), captions=2)
        for t in range(words.shape[2]):
            step = network.decode(words.flatten(0, 1)[:, t : t + 1], memory, state)
            state = step.state
            torch.testing.assert_close(step.logits[:, 0], logits[:, t])
            torch.testing.assert_close(step.attention[:, 0], attention[:, t])


@BOTH
def test_attention_is_a_share_of_every_place(kind, pictures, words):
    network = captioner(kind)
    _, attention = network(pictures, words)
    layers, heads = network.views
    assert attention.shape == (6, 6, layers * heads, 9)
    torch.testing.assert_close(attention.sum(-1), torch.ones(6, 6, layers * heads))
    assert attention.std() > 0.01


@BOTH
def test_captions_of_a_picture_do_not_see_each_other_or_other_pictures(kind, pictures, words):
    network = captioner(kind)
    together, _ = network(pictures, words)
    alone, _ = network(pictures[1:2], words[1:2, 1:2])
    torch.testing.assert_close(together[3], alone[0])


@BOTH
def test_no_word_sees_the_ones_after_it(kind, pictures, words):
    network = captioner(kind)
    changed = words.clone()
    changed[..., 4:] = 5
    before, after = network(pictures, words)[0], network(pictures, changed)[0]
    torch.testing.assert_close(before[:, :4], after[:, :4])
    assert not torch.allclose(before[:, 4:], after[:, 4:])


@BOTH
def test_annotations_stand_for_their_pictures(kind, pictures, words):
    network = captioner(kind)
    torch.testing.assert_close(
        network(network.annotate(pictures), words)[0], network(pictures, words)[0]
    )


def test_the_lstm_is_torch_s():
    network = captioner("lstm")
    theirs = nn.LSTMCell(16, 6)
    weights = network.gates.weight.detach()  # 4H, inputs then hidden
    theirs.weight_ih.data, theirs.weight_hh.data = weights[:, :16], weights[:, 16:]
    theirs.bias_ih.data, theirs.bias_hh.data = network.gates.bias.detach(), torch.zeros(24)
    x, hidden, cell = torch.randn(4, 16), torch.randn(4, 6), torch.randn(4, 6)
    for ours, expected in zip(
        network.tick(x, hidden, cell), theirs(x, (hidden, cell)), strict=False
    ):
        torch.testing.assert_close(ours, expected)


def test_the_readings_are_of_the_gates_and_the_state(pictures, words):
    network = captioner("lstm")
    memory, state = network.begin(network.annotate(pictures), 2)
    decoded = network.decode(words.flatten(0, 1), memory, state)
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


def test_a_layer_is_torch_s_decoder_layer(pictures, words):
    """With the weights of ours, `nn.TransformerDecoderLayer` (pre-norm) gives the same."""
    network = captioner("transformer")
    layer = network.layers[0]
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
    ours, _, _ = layer(x, layer.split(layer.from_places(memory), 2), (none, none))
    mask = nn.Transformer.generate_square_subsequent_mask(5)
    torch.testing.assert_close(ours, theirs(x, memory, tgt_mask=mask, tgt_is_causal=True))


@BOTH
def test_saved_and_loaded_it_says_the_same(kind, tmp_path, pictures, words):
    network = captioner(kind)
    checkpoint.save(network, tmp_path / "a.safetensors")
    once = load(tmp_path / "a.safetensors")
    assert type(once) is type(network)
    assert once.config == network.config
    assert once.vocabulary.numbers("a black dog") == network.vocabulary.numbers("A black dog!")
    checkpoint.save(once, tmp_path / "b.safetensors")
    twice = load(tmp_path / "b.safetensors")
    with torch.no_grad():
        assert torch.equal(once(pictures, words)[0], twice(pictures, words)[0])


def test_another_network_is_refused(tmp_path):
    encoder = captioner("lstm").encoder
    checkpoint.save(encoder, tmp_path / "a.safetensors")
    with pytest.raises(InputError, match="holds a Backbone, not one of LSTMCaptioner"):
        load(tmp_path / "a.safetensors")
