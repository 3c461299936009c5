// A decoder of two linear layers with a ReLU between and a sigmoid at the end, and pictures on canvases.

// Numbers of 16 bits, all low bytes first, then all high bytes.
function unpackFloat16(view) {
  const values = new Float32Array(view.byteLength / 2);
  const power = Array.from({ length: 31 }, (_, exponent) => 2 ** (exponent - 15));
  for (let i = 0; i < values.length; i++) {
    const bits = view.getUint8(i) | (view.getUint8(values.length + i) << 8);
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    const size = exponent ? (1 + fraction / 1024) * power[exponent] : fraction * 2 ** -24;
    values[i] = bits & 0x8000 ? -size : size;
  }
  return values;
}

function unpackFloat32(view) {
  return Float32Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

// A new draw from N(0, 1).
function gaussian() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

// The function from a code to pixel values in [0, 1]; it returns the same array every time.
function makeDecoder(view, [latent, hidden, pixels]) {
  const weights = unpackFloat16(view);
  const parts = [hidden * latent, hidden, hidden * pixels, pixels];
  const [inner, innerBias, outer, outerBias] = parts.map((length, i) => {
    const start = parts.slice(0, i).reduce((a, b) => a + b, 0);
    return weights.subarray(start, start + length);
  });
  const logits = new Float32Array(pixels);
  return (code) => {
    logits.set(outerBias);
    for (let j = 0; j < hidden; j++) {
      let unit = innerBias[j];
      for (let d = 0; d < latent; d++) unit += inner[j * latent + d] * code[d];
      if (unit <= 0) continue; // the ReLU: this unit adds nothing to any pixel
      const row = j * pixels;
      for (let k = 0; k < pixels; k++) logits[k] += unit * outer[row + k];
    }
    for (let k = 0; k < pixels; k++) logits[k] = 1 / (1 + Math.exp(-logits[k]));
    return logits;
  };
}

function picture(side, label) {
  const canvas = element("canvas", { width: side, height: side, class: "vae-picture" });
  if (label) {
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
  }
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const buffer = context.createImageData(side, side);
  buffer.data.fill(255);
  return {
    canvas,
    // Values in [0, 1], black to white.
    draw(values) {
      for (let k = 0; k < values.length; k++) {
        const grey = Math.round(255 * values[k]);
        buffer.data[4 * k] = buffer.data[4 * k + 1] = buffer.data[4 * k + 2] = grey;
      }
      context.putImageData(buffer, 0, 0);
      return this;
    },
  };
}

// Images stored one after another as bytes 0 to 255.
const greyImage = (view, index, pixels) =>
  Float32Array.from({ length: pixels }, (_, k) => view.getUint8(index * pixels + k) / 255);
