"""What the lecture decks come to (SLIDES 1-7), beside `models.convolution.slides`."""

OUTPUT_5 = ((4, 3, 4), (2, 4, 3), (2, 3, 4))  # 1. valid, stride 1

KERNEL_8 = ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))
FIRST_SUM_8 = (  # 2. the first output cell, written out
    "(-1x2)+(0x2)+(1x6)+(-2x4)+(0x3)+(2x4)+(-1x3)+(0x9)+(1x4) = 5"
)

SIZE_CASE = {"size": 7, "kernel": 3, "padding": 1, "stride": 3}  # 4. gives 3
SIZE_CASE_OUTPUT = 3
PADDED_5 = 7  # 4. a 5x5 input padded by 1

RELU_OUTPUT = ((1, 14, 0, 4), (0, 0, 10, 6), (0, 3, 11, 1), (2, 54, 0, 80))  # 5.
LEAKY_SLOPE = 0.1

LAYER_KERNEL = 5  # 7.
LAYER_TERMS = 75
LAYER_OUTPUT = (4, 28, 28)
DENSE_INPUTS = 3072
