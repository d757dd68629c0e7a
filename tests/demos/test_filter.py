import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from demos.kit.photo import EXAMPLES

IDENTITY = {"weights": [[0, 0, 0], [0, 1, 0], [0, 0, 0]]}


def test_identity_changes_nothing(client: Client):
    picture, status = client.predict(
        handle_file(EXAMPLES["cat"]),
        IDENTITY,
        channels="per channel",
        negatives="clipped",
        api_name="/convolve",
    )
    assert picture["before"] == picture["after"]
    assert picture["shape"] == [3, 300, 451]
    assert " ms" in status


def test_stride_zero_is_refused_in_words(client: Client):
    with pytest.raises(AppError, match="Stride is 0"):
        client.predict(stride=0, api_name="/convolve")
