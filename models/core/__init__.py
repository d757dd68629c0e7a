"""What all topics share: devices, pictures, data sets, checkpoints, metrics."""
