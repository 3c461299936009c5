// The figures' files are put together as text, as Python does for a page; here the names asked for become exports.
import { readFile } from "node:fs/promises";

export async function load(files, ...names) {
  const texts = await Promise.all(
    files.map((file) => readFile(new URL(`../../vae_notes/widgets/js/${file}.js`, import.meta.url), "utf8")),
  );
  const source = `${texts.join("\n").replaceAll("export default", "const frontEnd =")}\nexport { ${names.join(", ")} };`;
  return import(`data:text/javascript,${encodeURIComponent(source)}`);
}
