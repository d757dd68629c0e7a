"""Pictures as points: autoencoders and variational autoencoders on digits and faces."""
