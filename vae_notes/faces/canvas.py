"""Drawing primitives of the face renderer: signed distances painted with one-pixel-wide edges, so nothing is jagged.

Coordinates: x to the right, y down, as far as `face_renderer` shows the scene; distances are negative inside a shape.
Axes: N faces, H rows, W columns; every tensor broadcasts to (N, 1, H, W).
"""

from typing import Any

import torch


class Canvas:
    """A view into images (N, 1, H, W) with the coordinates of its pixel centres; painting changes the images in place.

    pixel   width of one pixel in the coordinates that distances are measured in: a number, or a tensor where the
            surface that is drawn on is seen at an angle
    """

    def __init__(self, images: torch.Tensor, x: torch.Tensor, y: torch.Tensor, pixel: Any):
        self.images, self.x, self.y, self.pixel = images, x, y, pixel

    def window(self, left: float, right: float, top: float, bottom: float, *maps: torch.Tensor) -> Any:
        """The part of the canvas within the given coordinates, followed by the same part of each (N, 1, H, W) map."""
        columns = slice(int((self.x < left).sum()), int((self.x < right).sum()))
        rows = slice(int((self.y < top).sum()), int((self.y < bottom).sum()))
        pixel = self.pixel[..., rows, columns] if torch.is_tensor(self.pixel) else self.pixel
        view = Canvas(self.images[..., rows, columns], self.x[..., columns], self.y[..., rows, :], pixel)
        return (view, *(m[..., rows, columns] for m in maps)) if maps else view

    def paint(self, coverage: torch.Tensor, tone: Any) -> None:
        """Blend `tone` over the images with weight `coverage` in [0, 1]."""
        self.images.add_((tone - self.images).mul_(coverage))

    def fill(self, distance: torch.Tensor) -> torch.Tensor:
        """Coverage of the inside of a shape: the share of each pixel on the negative side of its edge."""
        return (0.5 - distance / self.pixel).clamp_(0, 1)

    def stroke(self, distance: torch.Tensor, thickness: Any) -> torch.Tensor:
        """Coverage of a line along the edge; a line thinner than a pixel keeps its true share of it."""
        return self.fill(distance - thickness / 2) - self.fill(distance + thickness / 2)


def soft(distance: torch.Tensor, width: float) -> torch.Tensor:
    """Coverage that falls from 1 to 0 smoothly across `width`, whatever the pixel size: shadows and highlights."""
    t = (0.5 - distance / width).clamp_(0, 1)
    return t * t * (3 - 2 * t)


def bell(x: torch.Tensor) -> torch.Tensor:
    """exp(-x²), not below exp(-80): nothing to a picture, and the processor is many times slower at numbers below."""
    return torch.exp(-x.square().clamp_max_(80))


def ellipse(x: torch.Tensor, y: torch.Tensor, a: Any, b: Any) -> torch.Tensor:
    """Distance to an ellipse with half-axes a and b (tensors or numbers), to first order in the flattening."""
    return (((x / a).square() + (y / b).square()).sqrt() - 1) * (a * b) ** 0.5


def egg(x: torch.Tensor, y: torch.Tensor, a: Any, b: Any) -> torch.Tensor:
    """Distance to the unit circle in (x, y), measured in the image where x was divided by a and y by b."""
    radius = (x.square() + y.square()).sqrt()
    slope = ((x / a).square() + (y / b).square()).sqrt() / radius.clamp_min(1e-3)
    return (radius - 1) / slope.clamp_min(0.5)


def height(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The third coordinate of the unit sphere's front at (x, y), kept above zero outside the circle."""
    return (1 - x.square() - y.square()).clamp_min(1e-2).sqrt()
