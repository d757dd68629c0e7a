"""Tiny captioners of the Hub's classes, made and saved to a folder as the Hub would hold them."""

import json

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    BertTokenizerFast,
    BlipConfig,
    BlipForConditionalGeneration,
    BlipImageProcessor,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
    VisionEncoderDecoderModel,
    ViTConfig,
    ViTImageProcessor,
    ViTModel,
)

WORDS = ["a", "black", "dog", "runs", "on", "sand", "man", "red", "##s", "##ing"]
SIZES = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
SIDE, PATCH = 32, 8


def wild(network):
    """Weights so large that captions are not all alike."""
    torch.manual_seed(5)
    with torch.no_grad():
        for weights in network.parameters():
            if weights.ndim > 1:
                weights.normal_(std=0.35)
    return network.eval()


def save_blip(folder):
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    (folder / "vocab.txt").write_text("\n".join([*special, *WORDS, "[DEC]"]))
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"))
    tokenizer.save_pretrained(folder)
    text = {
        **SIZES, "intermediate_size": 24, "vocab_size": len(tokenizer), "encoder_hidden_size": 16,
        "bos_token_id": len(tokenizer) - 1, "sep_token_id": 3, "eos_token_id": 2, "pad_token_id": 0,
        "projection_dim": 16, "max_position_embeddings": 64, "is_decoder": True,
    }  # fmt: skip
    vision = {**SIZES, "intermediate_size": 24, "image_size": SIDE, "patch_size": PATCH}
    network = BlipForConditionalGeneration(BlipConfig(text_config=text, vision_config=vision))
    wild(network).save_pretrained(folder)
    BlipImageProcessor(size={"height": SIDE, "width": SIDE}).save_pretrained(folder)


def save_vit_gpt2(folder):
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(special_tokens=["<|endoftext|>"], vocab_size=300)
    raw.train_from_iterator(["a black dog runs on sand", "a man in a red shirt"] * 3, trainer)
    end = "<|endoftext|>"
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, eos_token=end, bos_token=end)
    tokenizer.save_pretrained(folder)
    eyes = ViTConfig(**SIZES, intermediate_size=24, image_size=SIDE, patch_size=PATCH)
    text = GPT2Config(
        n_embd=16, n_layer=2, n_head=2, vocab_size=len(tokenizer), n_positions=64,
        add_cross_attention=True, is_decoder=True, bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    network = VisionEncoderDecoderModel(encoder=ViTModel(eyes), decoder=GPT2LMHeadModel(text))
    network.config.decoder_start_token_id = network.generation_config.decoder_start_token_id = 0
    network.config.pad_token_id = network.generation_config.pad_token_id = 0
    network.config.eos_token_id = network.generation_config.eos_token_id = 0
    wild(network).save_pretrained(folder)
    ViTImageProcessor(size={"height": SIDE, "width": SIDE}).save_pretrained(folder)


SAVE = {"blip": save_blip, "vit-gpt2": save_vit_gpt2}


def architecture(folder, name):
    """Say in a folder's config that its model is another one."""
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "architectures": [name]}))
