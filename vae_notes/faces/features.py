"""Eyes, brows, nose and mouth of a drawn face.

Eyes, brows and mouth are painted in the coordinates (u, v) of the skin seen from the front, u to the viewer's right
and v down; the pose has already bent them around the head, so parallax and foreshortening come by themselves. Left and
right are drawn at once through |u|, which makes every face symmetric.
"""

from typing import Any

import torch

from vae_notes.faces.canvas import Canvas, bell, ellipse, soft

EYE_U, EYE_V, EYE_HALF = 0.185, 0.015, 0.098
MOUTH_V = 0.345
NOSE_V, NOSE_DEPTH = 0.30, 1.17  # the tip, in head radii: it stands out from the head and so moves more with the pose


def draw_eyes(canvas: Canvas, u: torch.Tensor, v: torch.Tensor, face: Any) -> None:
    """Lids, iris, pupil, the highlight that follows the light, and brows in the colour of the hair."""
    canvas, u, v = canvas.window(-0.55, 0.55, -0.55, 0.22, u, v)
    skin, side = face.skin, u.sign()
    out = u.abs() - EYE_U  # distance from the middle of the eye, away from the nose
    up = v - EYE_V + 0.10 * out  # the outer corner sits a little higher
    bow = 1 - (out / EYE_HALF).square()  # 1 in the middle of the eye, 0 at its corners
    upper, lower = -(0.090 * face.eye_opening - 0.016) * bow, 0.030 * bow

    canvas.paint(0.16 * soft(ellipse(out + 0.01, up + 0.035, 0.12, 0.075), 0.10), skin * 0.5)  # socket
    ball = Canvas((0.96 - 0.25 * soft(up - upper - 0.012, 0.045)).contiguous(), canvas.x, canvas.y, canvas.pixel)
    across, down = out - side * face.gaze * 0.036 + 0.004, up + 0.008
    radius = (across.square() + down.square()).sqrt()
    glow = 0.28 * soft(radius - 0.010 - 0.4 * down, 0.06) + 4 * down.clamp(-0.05, 0.05)
    ball.paint(ball.fill(radius - 0.047), 0.20 + glow)
    ball.paint(ball.stroke(radius - 0.044, 0.008), 0.12)
    ball.paint(ball.fill(radius - 0.021), 0.05)
    ball.paint(ball.fill(ellipse(side * across - 0.016 * face.lighting, down + 0.019, 0.012, 0.012)), 1.0)
    canvas.paint(canvas.fill(torch.maximum(upper - up, up - lower)), ball.images)

    taper = (bow + 0.15).clamp_(0, 1)
    ends = canvas.fill(out.abs() - EYE_HALF * 1.06)
    lashes = 0.010 + 0.016 * (0.6 + 0.4 * out / EYE_HALF) * taper
    canvas.paint(canvas.stroke(up - upper + 0.004, lashes) * ends, face.line * 0.6)
    canvas.paint(canvas.stroke(up - upper + 0.036 + 0.006 * face.eye_opening, 0.009 * taper) * ends * 0.55, skin * 0.5)
    canvas.paint(canvas.stroke(up - lower - 0.002, 0.008 * taper) * ends * 0.5, skin * 0.45)

    along = (out + 0.01) / 0.125  # -1 at the inner end of the brow, 1 at the outer end
    middle = -0.125 - 0.028 * (1 - along.square()) - face.brow * (0.0485 - 0.027 * along)
    thickness = (0.040 - 0.018 * along).clamp_min(0.004) * (1.05 - along.square().square()).clamp_(0, 1)
    ends = canvas.fill((along.abs() - 1) * 0.125)
    canvas.paint(canvas.stroke(up - 0.10 * out - middle, thickness) * ends * 0.9, face.hair * 0.62 + 0.02)


def draw_nose(canvas: Canvas, face: Any) -> None:
    """Bridge, tip, wings and nostrils, around a tip that is projected on its own."""
    tip_x, tip_y = face.project(NOSE_V, NOSE_DEPTH)
    root_x, root_y = face.project(-0.05, 1.0)
    canvas = canvas.window(-0.42, 0.42, -0.42, 0.45)
    skin, light = face.skin, face.light[0]
    along = ((canvas.y - root_y) / (tip_y - root_y)).clamp_(0, 1)
    width = 0.012 + 0.025 * along.square()
    beside = canvas.x - root_x - (tip_x - root_x) * along + 0.05 * light
    shade = soft(beside.abs() - width, 0.07) * soft((along - 0.55).abs() - 0.30, 0.5)
    canvas.paint(shade * (0.30 * light.abs()), skin * 0.45)  # the side of the bridge away from the light

    x, y = canvas.x - tip_x, canvas.y - tip_y
    beside = x.abs()
    canvas.paint(soft(ellipse(x - 0.01 * light, y + 0.02, 0.045, 0.05), 0.06) * 0.30, (skin * 1.2).clamp_max(1))
    canvas.paint(soft(ellipse(x + 0.03 * light, y - 0.065, 0.085, 0.03), 0.07) * 0.30, skin * 0.45)
    nostril = ellipse(beside - 0.033, y - 0.036 + 0.25 * (beside - 0.033), 0.019, 0.010)
    canvas.paint(canvas.fill(nostril) * 0.8, face.line)
    canvas.paint(soft(ellipse(x, y - 0.045, 0.05, 0.012), 0.03) * 0.35, face.line)
    wing = ellipse(beside - 0.056, y - 0.015, 0.028, 0.034)
    canvas.paint(canvas.stroke(wing, 0.010) * soft(0.056 - beside, 0.02) * 0.6, skin * 0.5)


def draw_mouth(canvas: Canvas, u: torch.Tensor, v: torch.Tensor, face: Any) -> None:
    """Lips around a line that `smile` bends, teeth and tongue where `mouth_opening` parts it."""
    canvas, u, v = canvas.window(-0.5, 0.5, -0.05, 0.62, u, v)
    skin, aside, half = face.skin, u.abs(), 0.165 + 0.018 * face.smile
    across = (u / half).square()
    bow = (1 - across).clamp_min(0)
    line = MOUTH_V - 0.110 * face.smile * (across - 0.45)
    upper, lower = line - 0.011 * face.mouth_opening * bow, line + 0.085 * face.mouth_opening * bow
    within = canvas.fill(aside - half)

    canvas.paint(soft(ellipse(u, v - lower - 0.062, 0.085, 0.022), 0.05) * 0.35, skin * 0.5)  # below the lower lip
    cupid = 0.036 * bow.pow(0.7) * (1 - 0.35 * bell(u / 0.022))
    full = 0.050 * bow.pow(0.6)
    canvas.paint(canvas.fill(torch.maximum(upper - cupid - v, v - line)) * within, skin * 0.46)
    canvas.paint(canvas.fill(torch.maximum(line - v, v - lower - full)) * within, skin * 0.52)
    canvas.paint(soft(ellipse(u, v - lower - full * 0.55, 0.05, 0.012), 0.025) * 0.4, skin)

    inside = canvas.fill(torch.maximum(upper - v, v - lower)) * within
    canvas.paint(inside, 0.10 + 0.22 * soft(ellipse(u, v - lower - 0.005, 0.075, 0.030), 0.03))  # tongue
    canvas.paint(inside * canvas.fill(v - upper - 0.028), 0.95 - 9 * u.square())  # teeth
    canvas.paint(canvas.stroke(v - upper, 0.020) * canvas.fill(aside - half * 1.03), face.line)
    corner = ((aside - half * 1.02).square() + (v - MOUTH_V + 0.060 * face.smile).square()).sqrt()
    canvas.paint(soft(corner - 0.006, 0.03) * 0.5, skin * 0.4)
