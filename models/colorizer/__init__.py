"""Colour for grey pictures: a U-Net that paints, and a discriminator that judges the paint."""
