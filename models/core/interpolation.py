"""Ways between two points of a latent space: straight, and along the arc."""

import torch

PARALLEL = 1e-4  # radians: below this the two points lie in one direction


def lerp(start: torch.Tensor, end: torch.Tensor, share: float) -> torch.Tensor:
    """The point a `share` of the straight way from `start` to `end`, both B D."""
    return (1 - share) * start + share * end


def slerp(start: torch.Tensor, end: torch.Tensor, share: float) -> torch.Tensor:
    """The point a `share` of the way along the arc from `start` to `end`, both B D.

    With omega the angle between the two, the direction is sin((1-t) omega)/sin(omega) u + sin(t
    omega)/sin(omega) v of their unit vectors u, v (Shoemake 1985; for latent spaces White 2016,
    section 2), and the length goes evenly from the one's to the other's. Mixed with their lengths,
    as is often done, ends that point nearly opposite ways would be joined by a path that runs far
    off; ends of equal length come out the same.

    Linear where the two point the same way, where the arc is a straight line; where they point
    opposite ways every arc is as short, and one through a direction at right angles is taken.
    Either point at the origin has no direction: linear too. Computed in double precision, since
    nearly opposite points leave only small differences; shares of 0 and 1 give the points
    themselves.
    """
    if share in (0, 1):
        return (end if share else start).clone()
    kind, start, end = start.dtype, start.double(), end.double()
    lengths = start.norm(dim=1, keepdim=True), end.norm(dim=1, keepdim=True)
    u, v = _unit(start), _unit(end)
    omega = 2 * torch.atan2((u - v).norm(dim=1, keepdim=True), (u + v).norm(dim=1, keepdim=True))
    flat = (omega < PARALLEL) | (lengths[0] * lengths[1] < 1e-12)
    opposite = ~flat & (omega > torch.pi - PARALLEL)
    sine = omega.sin().masked_fill(flat | opposite, 1.0)
    arc = ((1 - share) * omega).sin() / sine * u + (share * omega).sin() / sine * v
    angle = torch.tensor(share * torch.pi, dtype=torch.float64)
    round_about = angle.cos() * u + angle.sin() * _perpendicular(start)
    curved = lerp(*lengths, share) * torch.where(opposite, round_about, arc)
    return torch.where(flat, lerp(start, end, share), curved).to(kind)


def _unit(point: torch.Tensor) -> torch.Tensor:
    return point / point.norm(dim=1, keepdim=True).clamp_min(1e-12)


def _perpendicular(point: torch.Tensor) -> torch.Tensor:
    """A unit vector at right angles to each point (B D, D at least 2): always the same one."""
    unit = _unit(point)
    axis = torch.zeros_like(unit).scatter_(1, unit.abs().argmin(1, keepdim=True), 1.0)
    return _unit(axis - (axis * unit).sum(1, keepdim=True) * unit)
