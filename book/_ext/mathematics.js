// One formula a line in, one answer a line out: {tex, options} → {html} or {error}.
const katex = require(process.argv[2]);

function answer({ tex, options }) {
  try {
    return { html: katex.renderToString(tex, options) };
  } catch (error) {
    return { error: error.message };
  }
}

require("readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + "\n"));
