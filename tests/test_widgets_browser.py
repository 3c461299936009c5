"""The interactive figures in a real Chromium, in pages like the book's, with no kernel and no network."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import ipywidgets
import numpy as np
import pytest
import torch
from browser_support import chromium, write_page

from vae_notes import Autoencoder, VariationalAutoencoder, kl_standard_normal, load_mnist, widgets
from vae_notes.face_models import FaceVAE
from vae_notes.faces import face_factors

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def digits():
    return load_mnist("bundled").images[::500]


def random_vae(latent_dim):
    torch.manual_seed(latent_dim)
    return VariationalAutoencoder(latent_dim).requires_grad_(False)


def random_ae():
    torch.manual_seed(1)
    return Autoencoder().requires_grad_(False)


@pytest.fixture(scope="module", params=["file", "http"])
def address(request, tmp_path_factory):
    """A function from a written page to its address: once from disk, once from a server."""
    if request.param == "file":
        yield lambda page: page.as_uri()
        return
    root = tmp_path_factory.getbasetemp()
    handler = functools.partial(QuietHandler, directory=root)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield lambda page: f"http://127.0.0.1:{server.server_port}/{page.relative_to(root)}"
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def show(browser, address, tmp_path):
    """A function that opens a page with these figures; afterwards nothing may have gone wrong in it."""
    complaints = []

    def open_page(*figures, ready=True, width=800, **page_options):
        url = address(write_page(tmp_path, *figures, **page_options))
        page = browser.new_page(viewport={"width": width, "height": 700})
        page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        local = url.rsplit("/", 2)[0]
        page.on("request", lambda r: r.url.startswith((local, "blob:")) or complaints.append(f"request: {r.url}"))
        page.goto(url)
        if ready:
            page.wait_for_function(f"document.querySelectorAll('[data-ready]').length === {len(figures)}")
        return page

    yield open_page
    for context in browser.contexts:
        context.close()
    assert complaints == []


def pixels(page, selector="canvas.vae-large", left=0, top=0, side=28):
    """What the reader sees on a canvas: grey levels 0 to 255 of side by side pixels from this corner on."""
    data = page.evaluate(
        "([s, x, y, n]) => Array.from(document.querySelector(s).getContext('2d').getImageData(x, y, n, n).data)",
        [selector, left, top, side],
    )
    return np.array(data).reshape(-1, 4)[:, 0]


def code(page):
    """The code the sliders show, read from the inputs."""
    return page.eval_on_selector_all(".vae-codes input", "all => all.map(input => Number(input.value))")


def assert_decoded(page, model, z):
    """Half a grey level for rounding to whole ones, and 0.1 for the float16 weights (see test_widgets.py)."""
    expected = 255 * model.decode(torch.tensor(z, dtype=torch.float32)).flatten().numpy()
    np.testing.assert_allclose(pixels(page), expected, atol=0.6)


def press(page, locator, *keys):
    locator.focus()
    for key in keys:
        page.keyboard.press(key)


def test_decodes_random_codes_as_pytorch_does(show, digits):
    model = random_vae(20)
    generator = torch.Generator().manual_seed(0)
    explorer = widgets.LatentExplorer(model, digits)
    for _ in range(3):
        explorer.z = torch.randn(20, generator=generator).tolist()
        assert_decoded(show(explorer), model, explorer.z)


def test_keys_move_the_code_and_the_picture(show, digits):
    model = random_vae(20)
    explorer = widgets.LatentExplorer(model, digits)
    explorer.z = [0.0] * 20
    page = show(explorer)
    first = page.get_by_label("z1", exact=True)
    for keys, expected in (
        (["ArrowRight"] * 3, 0.03),
        (["ArrowLeft"], 0.02),
        (["Home"], -4),
        (["End"], 4),
    ):
        press(page, first, *keys)
        assert code(page)[0] == pytest.approx(expected)
        assert_decoded(page, model, code(page))
    press(page, page.get_by_label("z20"), "PageUp")
    assert code(page)[19] > 0.1
    assert_decoded(page, model, code(page))
    assert page.get_by_label("z20").get_attribute("aria-valuetext").startswith(f"{code(page)[19]:.2f}; KL ")


def test_start_from_a_digit_from_zero_from_a_draw(show, digits):
    model = random_vae(20)
    mu, logvar = model.encode(digits)
    page = show(widgets.LatentExplorer(model, digits, labels=range(10)))
    page.get_by_label("digit 7").check(force=True)
    assert_decoded(page, model, mu[7].tolist())
    region = page.locator(".vae-readout").evaluate("node => Number(node.dataset.kl)")
    assert region == pytest.approx(kl_standard_normal(mu[7], logvar[7]).item(), abs=1e-4)
    press(page, page.get_by_label("digit 7"), "ArrowRight")
    assert_decoded(page, model, mu[8].tolist())
    page.get_by_role("button", name="zero").click()
    assert_decoded(page, model, [0.0] * 20)
    page.get_by_role("button", name="random draw").click()
    assert np.std(code(page)) > 0.3
    page.get_by_role("button", name="code of the digit").click()
    assert_decoded(page, model, mu[8].tolist())


@pytest.mark.parametrize("touch", [False, True])
def test_pad_follows_the_pointer(show, digits, touch):
    model = random_vae(2)
    page = show(widgets.LatentExplorer(model, digits))
    box = page.locator(".vae-pad").bounding_box()
    x, y = box["x"] + 0.75 * box["width"], box["y"] + 0.5 * box["height"]
    if touch:
        dispatch_touch(page, x, y)
    else:
        page.mouse.move(box["x"] + 5, box["y"] + 5)
        page.mouse.down()
        page.mouse.move(x, y)
        page.mouse.up()
        page.mouse.move(box["x"] + 5, box["y"] + 5)  # the button is up: nothing may follow
    assert code(page) == pytest.approx([2, 0], abs=0.05)
    assert_decoded(page, model, code(page))


def dispatch_touch(page, x, y):
    session = page.context.new_cdp_session(page)
    point = [{"x": x, "y": y}]
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": point})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_pad_shows_the_plane(show, digits):
    model = random_vae(2)
    page = show(widgets.LatentExplorer(model, digits))
    page.wait_for_timeout(500)  # the plane is drawn after the first picture
    top_right = 255 * model.decode(torch.tensor([14 / 15 * 4, 14 / 15 * 4])).flatten().numpy()
    np.testing.assert_allclose(pixels(page, ".vae-pad canvas", left=14 * 28), top_right, atol=0.6)


def data(page, selector):
    return {k: float(v) for k, v in page.locator(selector).evaluate("node => ({...node.dataset})").items()}


def test_kl_playground_agrees_with_the_package(show):
    page = show(widgets.KLPlayground(mu_q=1.3, var_q=0.2, mu_p=-0.7, var_p=3.0))
    press(page, page.get_by_label("mean of q"), "ArrowRight", "ArrowRight")  # to 1.4
    press(page, page.get_by_label("variance of p"), "End")  # to 9
    q, p = torch.distributions.Normal(1.4, 0.2**0.5), torch.distributions.Normal(-0.7, 3.0)
    for block, (a, b) in enumerate(((q, p), (p, q))):
        shown = data(page, f"[data-closed] >> nth={block}")
        expected = torch.distributions.kl_divergence(a, b).item()
        assert shown["closed"] == pytest.approx(expected, abs=1e-4)
        assert shown["area"] == pytest.approx(expected, abs=1e-4)
    spoken = page.get_by_label("mean of q").get_attribute("aria-valuetext")
    assert spoken.startswith("1.40; KL of q from p ")


def bounds_by_quadrature(log_joint, mu, sigma):
    """log p(x) and the ELBO, by sums on a fine grid."""
    z = torch.linspace(-12, 12, 40_001, dtype=torch.float64)
    step = z[1] - z[0]
    q = torch.distributions.Normal(mu, sigma)
    weight = q.log_prob(z).exp()
    elbo = (weight * (log_joint(z) - q.log_prob(z)) * step).sum().item()
    return (torch.logsumexp(log_joint(z), 0) + step.log()).item(), elbo


@pytest.mark.parametrize("two_modes", [False, True])
def test_elbo_gap_agrees_with_quadrature(show, two_modes):
    figure = widgets.ElboGap(mu=0.5, sigma=0.6)
    page = show(figure)
    if two_modes:
        page.get_by_label("two modes").check(force=True)
        figure.two_modes = True
    press(page, page.get_by_label("mean of q"), "ArrowLeft")  # to 0.48
    shown = data(page, ".vae-plot")
    evidence, elbo = bounds_by_quadrature(figure.log_joint, 0.48, 0.6)
    assert shown["evidence"] == pytest.approx(evidence, abs=1e-4)
    assert shown["bound"] == shown["tight"] == pytest.approx(elbo, abs=1e-4)
    if not two_modes:
        assert evidence == pytest.approx(-1.6850044206, abs=1e-6)  # log N(1.3; 0, 1.5)


def test_importance_bound_climbs_towards_the_evidence(show):
    page = show(widgets.ElboGap(mu=1.066667, sigma=0.5**0.5, k=2))
    shown = data(page, ".vae-plot")
    # By 200-point Gauss-Hermite quadrature; mean of logs, or a forgotten log k, would be 0.07 and 0.69 away.
    assert shown["bound"] == pytest.approx(-1.7922718665, abs=1e-4)
    assert abs(shown["tight"] - -1.7249042658) < 4 * shown["error"]
    assert shown["error"] < 0.01
    seen = [shown["tight"]]
    for _ in range(5):
        press(page, page.get_by_label("samples k"), "ArrowRight")
        seen.append(data(page, ".vae-plot")["tight"])
    assert seen == sorted(seen)
    assert shown["evidence"] - seen[-1] < 0.01


@pytest.mark.parametrize(
    ("function", "mu", "sigma", "exact"),
    [
        ("z²", 1, 1, (4, 30)),
        ("z²", 1, 0.1, (0.04, 114.15)),
        ("sin z", 1, 1, (0.364, 0.308)),
        ("sin 10z", 0, 1, (50, 0.5)),
    ],
)
def test_gradient_estimates_agree(show, function, mu, sigma, exact):
    figure = widgets.Reparameterisation(function=function, mu=mu, sigma=sigma)
    page = show(figure)
    press(page, page.get_by_label("samples n"), "End")
    figure.samples = 400
    for row, (values, variance) in enumerate(zip(figure.estimates(), exact, strict=True)):
        shown = data(page, f"tbody tr >> nth={row}")
        assert shown["average"] == pytest.approx(values.mean().item(), abs=1e-4)
        assert shown["variance"] == pytest.approx(values.var().item(), rel=1e-4)
        assert shown["exact"] == pytest.approx(variance, rel=2e-3)  # the table they come from has three digits


def test_walk_agrees_with_pytorch(show, digits):
    walk = widgets.LatentWalk(random_ae(), random_vae(20), digits[:4], start=0, end=1)
    page = show(walk)
    press(page, page.get_by_label("place", exact=True), "PageUp", "ArrowRight")
    page.get_by_label("to 3").check(force=True)
    walk.t, walk.end = float(page.get_by_label("place", exact=True).input_value()), 3
    assert walk.t > 0.55
    for place, expected in enumerate(walk.decode().numpy()):
        seen = pixels(page, f".vae-trio div:nth-child({place + 1}) canvas")
        # 0.4 for the shortened decoder, half a level for rounding
        np.testing.assert_allclose(seen, 255 * expected.ravel(), atol=0.9)


def test_rate_distortion_agrees_with_pytorch(show, digits):
    figure = widgets.RateDistortion(load_mnist("bundled").images[::5], digits)
    page = show(figure)
    press(page, page.get_by_label("β"), *["PageUp"] * 2)
    page.get_by_label("digit 4").check(force=True)
    beta = float(page.locator(".vae-value").inner_text())
    assert beta > 2
    shown = data(page, ".vae-readout")

    rate, distortion = figure.rate_distortion(beta)
    assert shown["rate"] == pytest.approx(rate, rel=0.01)  # beta is read here as it is printed, to 0.005
    assert shown["distortion"] == pytest.approx(distortion, rel=0.01)
    press(page, page.get_by_label("β"), "Home")  # beta is 0.1 exactly
    shown = data(page, ".vae-readout")
    rate, distortion = figure.rate_distortion(0.1)
    for name, value in (("rate", rate), ("distortion", distortion), ("loss", figure.negative_elbo(0.1))):
        assert shown[name] == pytest.approx(value, abs=1e-4)
    expected = 255 * figure.reconstruct(0.1, 4).clamp(0, 1).numpy().ravel()
    np.testing.assert_allclose(pixels(page), expected, atol=0.6)


@functools.cache  # drawing and decoding 150 faces takes a second
def face_directions():
    """Two faces that look straight ahead, and random directions."""
    torch.manual_seed(3)
    model = FaceVAE(4).requires_grad_(False)
    steps = torch.randn(3, 4) * torch.tensor([[1.0], [0.05], [0.05]])
    directions = dict(zip(("smile", "yaw", "pitch"), steps, strict=True))
    return widgets.FaceDirections(model, face_factors(2, hair=torch.tensor([0.0, 1.0])), directions)


def assert_face(page, **values):
    """All three pictures and the error are those that PyTorch computes for these values."""
    moved, true = face_directions().decode(**values)
    for place, expected in enumerate((moved, true, (moved - true).abs())):
        seen = pixels(page, f".vae-trio div:nth-child({place + 1}) canvas", side=64)
        # half a level for rounding, once more in the difference of two
        np.testing.assert_allclose(seen, 255 * expected.flatten(), atol=1.01 if place == 2 else 0.51)
    assert data(page, ".vae-readout")["moved"] == pytest.approx((moved - true).square().mean().item(), rel=1e-4)


def test_face_directions_agree_with_pytorch(show):
    page = show(face_directions())
    smile, turn, nod = (page.get_by_label(name, exact=True) for name in ("smile", "turn", "nod"))
    assert_face(page, face=0, smile=0.0, yaw=0.0, pitch=0.0)
    press(page, smile, "ArrowRight")
    assert_face(page, face=0, smile=0.5, yaw=0.0, pitch=0.0)
    press(page, turn, "Home")
    press(page, nod, "End")
    assert_face(page, face=0, smile=0.5, yaw=-25.0, pitch=15.0)
    press(page, nod, "PageDown", "ArrowDown", "ArrowDown")
    page.get_by_label("face 2").check(force=True)
    assert_face(page, face=1, smile=0.5, yaw=-25.0, pitch=-15.0)
    error = 1000 * data(page, ".vae-readout")["moved"]
    assert turn.get_attribute("aria-valuetext").startswith(f"−25.0°; error {error:.1f}, ")
    assert page.get_by_role("img", name="Squared error along nod").count() == 1


def test_face_directions_follow_a_tap(show):
    page = show(face_directions(), width=360)
    box = page.get_by_label("turn", exact=True).bounding_box()
    dispatch_touch(page, box["x"] + 0.75 * box["width"], box["y"] + 0.5 * box["height"])
    assert_face(page, face=0, smile=0.0, yaw=12.5, pitch=0.0)


def swap_bytes(state, widget):
    import base64

    buffer = next(b for b in state[widget.model_id]["buffers"] if b["path"] == ["weights"])
    low, high = np.frombuffer(base64.b64decode(buffer["data"]), np.uint8).reshape(2, -1)
    buffer["data"] = base64.b64encode(high.tobytes() + low.tobytes()).decode()


def edit_front_end(old, new):
    def damage(state, widget):
        values = state[widget.model_id]["state"]
        assert old in values["_esm"]
        values["_esm"] = values["_esm"].replace(old, new)

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        swap_bytes,
        edit_front_end("logits.set(outerBias)", "logits.fill(0)"),
        edit_front_end("let unit = innerBias[j]", "let unit = 0"),
        edit_front_end("if (unit <= 0) continue;", ""),
        edit_front_end("model.on(`change:${name}`, draw)", ""),
    ],
    ids=["byte order", "outer bias dropped", "inner bias dropped", "ReLU dropped", "no redraw"],
)
def test_a_broken_figure_is_noticed(browser, tmp_path, digits, damage):
    """The assertions above must be able to fail: the same steps on a figure broken on purpose."""
    model = random_vae(20)
    explorer = widgets.LatentExplorer(model, digits)
    path = write_page(tmp_path, explorer, change_state=lambda state: damage(state, explorer))
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("[data-ready]")
    press(page, page.get_by_label("z1", exact=True), "Home")
    z = [-4.0, *explorer.z[1:]]
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_decoded(page, model, z)
    page.close()


@pytest.mark.parametrize(
    "damage",
    [
        edit_front_end("if (k % side) bytes[k] += bytes[k - 1]", ""),
        edit_front_end("% smiles) bytes[k]", "% 7) bytes[k]"),
        edit_front_end("(2 * face + kind) * each + at", "(2 * face + kind) * each + at + 1"),
        edit_front_end("(pitch * yaws + yaw) * smiles", "(yaw * pitches + pitch) * smiles"),
        edit_front_end("model.on(`change:${name}`, draw)", ""),
    ],
    ids=["rows not summed", "smiles not summed", "wrong picture", "axes swapped", "no redraw"],
)
def test_a_broken_figure_of_faces_is_noticed(browser, tmp_path, damage):
    path = write_page(tmp_path, face_directions(), change_state=lambda state: damage(state, face_directions()))
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("[data-ready]")
    press(page, page.get_by_label("turn", exact=True), "End")
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_face(page, face=0, smile=0.0, yaw=25.0, pitch=0.0)
    page.close()


def test_without_the_host_script_nothing_is_drawn(show, digits):
    page = show(widgets.KLPlayground(), host=False, ready=False)
    page.wait_for_timeout(300)
    assert page.locator(".vae-figure").count() == 0


def test_a_control_that_needs_a_kernel_says_so(show):
    page = show(ipywidgets.IntSlider(description="epochs"), ready=False)
    notice = page.locator(".vae-needs-kernel")
    assert notice.inner_text() == "This control needs a running kernel: open the chapter in Jupyter or Colab to use it."


def everything(digits):
    return [
        widgets.KLPlayground(),
        widgets.LatentExplorer(random_vae(2), digits),
        widgets.ElboGap(),
        widgets.Reparameterisation(),
        widgets.LatentWalk(random_ae(), random_vae(20), digits[:4]),
        widgets.RateDistortion(digits, digits),
        face_directions(),
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(show, digits, theme):
    from axe_playwright_python.sync_playwright import Axe

    page = show(*everything(digits), theme=theme)
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []


def test_every_control_has_one_name_one_value_and_its_keys(show, digits):
    page = show(*everything(digits))
    ids = page.eval_on_selector_all("[id]", "all => all.map(node => node.id)")
    assert len(ids) == len(set(ids))
    inputs = page.locator("input[type=range]")
    assert inputs.count() == 4 + 2 + 3 + 3 + 1 + 1 + 3
    for slider in inputs.all():
        assert slider.get_attribute("aria-valuetext")
        assert slider.evaluate("node => node.labels.length") == 1
    assert page.locator("input:not([data-lm-suppress-shortcuts='true'])").count() == 0
    # Nothing is announced a second time by a live region.
    assert page.locator("output, [aria-live], [role=status], [role=alert]").count() == 0


@pytest.mark.parametrize("width", [360, 800])
def test_fits_the_window(show, digits, width):
    page = show(*everything(digits), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut = page.eval_on_selector_all(
        ".vae-figure", "all => all.filter(node => node.scrollWidth > node.clientWidth).map(node => node.ariaLabel)"
    )
    assert cut == []


def test_nothing_moves_by_itself(show, digits):
    page = show(*everything(digits))
    assert page.evaluate("document.getAnimations().length") == 0
    moving = "all => all.filter(n => getComputedStyle(n).transitionDuration !== '0s').length"
    assert page.eval_on_selector_all(".vae-figure *", moving) == 0


def test_first_picture_and_frame_time(show, digits):
    page = show(widgets.LatentExplorer(random_vae(20), digits))
    frame = page.evaluate("""() => {
        const input = document.querySelector(".vae-codes input"), times = [];
        for (let i = 0; i < 300; i++) {
            input.value = (i % 100) / 50;
            const start = performance.now();
            input.dispatchEvent(new Event("input"));
            times.push(performance.now() - start);
        }
        return times.sort((a, b) => a - b)[150];
    }""")
    first = int(page.locator("[data-ready]").get_attribute("data-ready"))
    print(f"first picture {first:.0f} ms, frame {frame:.2f} ms")
    # Ten times what a quiet two-core machine takes: this finds a blunder, the figures above are for reading.
    assert frame < 5
    assert first < 6000
