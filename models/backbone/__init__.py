"""The small trained CNN that convolution, colorizer and captioning look through."""
