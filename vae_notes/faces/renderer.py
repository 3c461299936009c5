"""Draws heads from the outside in: backdrop, back hair, shoulders, ears, skin, features, hair.

The head is an egg. Each of its pixels is lifted to the unit sphere and turned back by the pose, so what is painted on
it turns with the head. The drawing is our own.
"""

import torch

from vae_notes.faces.canvas import Canvas, bell, egg, ellipse, height, soft
from vae_notes.faces.features import draw_eyes, draw_mouth, draw_nose

HALF_WIDTH, HALF_HEIGHT = 0.46, 0.61
VIEW_WIDTH, VIEW_MIDDLE = 1.56, -0.09  # what the image shows of the scene: its width, and the y in its middle
EAR_LEVEL = 0.10  # hair behind the head never ends above this y


class Face:
    """Everything the painters need to know of N faces, each entry of shape (N, 1, 1, 1).

    factors   maps a factor's name to its values (N,)
    """

    def __init__(self, factors: dict[str, torch.Tensor]):
        column = {name: values.view(-1, 1, 1, 1) for name, values in factors.items()}
        self.smile, self.mouth_opening = column["smile"], column["mouth_opening"]
        self.eye_opening, self.gaze, self.brow = column["eye_opening"], column["gaze"], column["brow"]
        self.lighting = column["lighting"]
        yaw, pitch = torch.deg2rad(column["yaw"]), torch.deg2rad(column["pitch"])
        self.sin_yaw, self.cos_yaw, self.sin_pitch, self.cos_pitch = yaw.sin(), yaw.cos(), pitch.sin(), pitch.cos()
        self.a, self.b = HALF_WIDTH * (1 + 0.11 * column["face_width"]), HALF_HEIGHT
        self.hair_a, self.hair_b = self.a + 0.055, self.b + 0.075
        self.x, self.y = 0.05 * self.sin_yaw, -0.12 - 0.05 * self.sin_pitch
        light = torch.stack([self.lighting, torch.full_like(yaw, -0.5), torch.full_like(yaw, 0.75)])
        self.light = light / light.norm(dim=0)  # points to the lamp: right, down, towards the viewer
        self.skin = 0.44 + 0.45 * column["skin"]
        self.hair = 0.07 + 0.56 * column["hair"]
        self.line = 0.06 + 0.16 * self.skin
        self.hair_length = column["hair_length"]
        self.hair_end = -0.22 + 0.96 * self.hair_length  # y at which the hair is cut

    def turn_back(self, x: torch.Tensor, y: torch.Tensor, z: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Points of the posed sphere to where they are when the face looks straight ahead."""
        depth = x * self.sin_yaw + z * self.cos_yaw
        front = x * self.cos_yaw - z * self.sin_yaw
        return front, y * self.cos_pitch + depth * self.sin_pitch, depth * self.cos_pitch - y * self.sin_pitch

    def project(self, v: float, depth: float) -> tuple[torch.Tensor, torch.Tensor]:
        """Image position of the point of the middle plane at height v and the given depth, in head radii."""
        forward = v * self.sin_pitch + depth * self.cos_pitch
        return self.x + self.a * forward * self.sin_yaw, self.y + self.b * (v * self.cos_pitch - depth * self.sin_pitch)

    def brightness(self, x: torch.Tensor, y: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        """Half-Lambert shading of a surface with normal (x, y, z), in [0, 1]."""
        right, down, forward = self.light
        return 0.5 + 0.5 * (right * x + down * y + forward * z)


def draw(factors: dict[str, torch.Tensor], size: int) -> torch.Tensor:
    """Factors, a dict of tensors (N,), to images (N, 1, size, size) in [0, 1]."""
    face = Face(factors)
    pixel, like = VIEW_WIDTH / size, face.smile
    centres = (torch.arange(size, device=like.device, dtype=like.dtype) + 0.5) * pixel - VIEW_WIDTH / 2
    x, y = centres.view(1, 1, 1, size), centres.view(1, 1, size, 1) + VIEW_MIDDLE
    backdrop = 0.94 - 0.10 * (x.square() + (y + 0.2).square())
    canvas = Canvas(backdrop.repeat(len(like), 1, 1, 1), x, y, pixel)
    draw_back_hair(canvas, face)
    draw_body(canvas, face)
    draw_ears(canvas, face)
    draw_head(canvas.window(-0.75, 0.75, -0.9, 0.85), face)
    draw_ears(canvas, face, in_front=True)
    return canvas.images.clamp_(0, 1)


def draw_back_hair(canvas: Canvas, face: Face) -> None:
    canvas = canvas.window(-0.75, 0.75, -0.9, 0.9)
    x = canvas.x - face.x
    half = face.hair_a * (1 + 0.08 * (canvas.y + 0.1).clamp_min(0))
    top = ((canvas.y - face.y) / face.hair_b).clamp_max(0)
    # A little inside the outline of the hair in front: an edge painted twice would cover too much of its pixels.
    outline = (((x / half).square() + top.square()).sqrt() - 1) * face.hair_a + 0.015
    cut = canvas.y - face.hair_end.clamp_min(EAR_LEVEL) + 0.35 * x.square()
    canvas.paint(canvas.fill(torch.maximum(outline, cut)), face.hair * (0.62 + 0.12 * face.light[0] * x / face.hair_a))


def draw_body(canvas: Canvas, face: Face) -> None:
    """Neck and shoulders: they stay while the head turns, and the head throws its shadow on the neck."""
    canvas = canvas.window(-1, 1, 0.1, 1)
    x, y, light = canvas.x, canvas.y, face.light[0]
    aside = x.abs()
    tone = face.skin * (0.80 + 0.18 * (light * x / 0.2).clamp(-1, 1) - 0.5 * aside)
    shadow = soft(ellipse(x + 0.10 * light - face.x, y - face.y - 0.10, face.a * 0.92, HALF_HEIGHT), 0.10)
    canvas.paint(canvas.fill(aside - 0.185 - 2 * (y - 0.45).clamp_min(0).square()), tone * (1 - 0.30 * shadow))
    neckline = ellipse(x, y - 0.53, 0.27, 0.17)
    shoulder = 0.60 + 0.30 * aside.square() + 1.4 * (aside - 0.6).clamp_min(0).square()
    tone = 0.46 + 0.10 * (light * x - y) - 0.06 * soft(neckline - 0.06, 0.03)
    canvas.paint(canvas.fill(torch.maximum(shoulder - y, -neckline)), tone)


def draw_ears(canvas: Canvas, face: Face, in_front: bool = False) -> None:
    """Both ears behind the head; then, in front, the one that the pose turns to the viewer. Long hair hides them."""
    canvas = canvas.window(-0.75, 0.75, -0.4, 0.3)
    for side in (-1, 1):
        nearness = -side * face.sin_yaw
        centre = face.x + side * face.a * face.cos_yaw - 0.02 * face.sin_yaw + (0 if in_front else 0.03 * side)
        x, y = (canvas.x - centre) * side, canvas.y - face.y - 0.06 + 0.05 * face.sin_pitch
        width = 0.062 + 0.05 * nearness.clamp_min(0)
        ear = canvas.fill(torch.maximum(ellipse(x, y + 0.25 * x, width, 0.115), face.hair_end - 0.04 - canvas.y))
        if in_front:
            ear = ear * ((nearness - 0.05) / 0.25).clamp(0, 1)
        canvas.paint(ear, face.skin * (0.80 + 0.20 * side * face.light[0]))
        canvas.paint(soft(ellipse(x, y + 0.25 * x + 0.005, width * 0.55, 0.07), 0.05) * ear * 0.35, face.skin * 0.55)


def draw_head(canvas: Canvas, face: Face) -> None:
    y = (canvas.y - face.y) / face.b
    half = face.a * (1 - 0.10 * y - 0.03 * y.square())
    x = (canvas.x - face.x - 0.05 * face.sin_yaw * y.clamp_min(-0.3)) / half
    z = height(x, y)
    skin = canvas.fill(egg(x, y, half, face.b))
    tone = face.skin * (0.57 + 0.50 * face.brightness(x, y, z).square() + 0.06 * z)
    canvas.paint(skin, tone.clamp_max_(1))

    u, v, depth = face.turn_back(x, y, z)
    u, v = u * face.a, v * face.b
    surface = Canvas(canvas.images, canvas.x, canvas.y, canvas.pixel * (depth / z).clamp(0.7, 2.5))
    draw_eyes(surface, u, v, face)
    draw_nose(canvas, face)
    draw_mouth(surface, u, v, face)
    draw_hair(canvas, skin, face)


def draw_hair(canvas: Canvas, skin: torch.Tensor, face: Face) -> None:
    """Hair on a half sphere that continues downwards as a cylinder: a cap cut by a plane, and two side curtains."""
    x, y = (canvas.x - face.x) / face.hair_a, (canvas.y - face.y) / face.hair_b
    top = y.clamp_max(0)
    z = height(x, top)
    u, v, depth = face.turn_back(x, y, z)
    fringe = 0.70 * v + 0.72 * depth - 0.25 + 0.10 * bell(u / 0.16)  # parted in the middle
    cap = torch.maximum(fringe, v - 0.22 - 0.5 * depth.clamp_max(0))
    sides = 0.68 - 0.40 * face.hair_length + 0.60 * depth - u.abs()
    curtains = torch.maximum(sides, canvas.y - face.hair_end + 0.35 * (canvas.x - face.x).square())
    edge = torch.maximum(egg(x, top, face.hair_a, face.hair_b), 0.45 * torch.minimum(cap, curtains))
    hair = canvas.fill(edge)

    light = face.brightness(x, top, z)
    strands = 0.5 + 0.5 * torch.cos(26 * torch.atan2(u, depth.clamp_min(0.05)))
    shine = bell((v + 0.62 + 0.05 * strands) / 0.10) * light
    tone = face.hair * (0.55 + 0.65 * light + 0.10 * strands) + 0.16 * shine * (0.4 + face.hair)
    canvas.paint(soft(edge - 0.015, 0.07) * (1 - hair) * skin * 0.3, face.skin * 0.4)  # its shadow on the skin
    canvas.paint(hair, tone)
