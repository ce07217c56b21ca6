// `/web/graphql` opens the explorer; a query typed there shows its result.
import { browse, ready } from "./browser.mjs";

await browse("/web/graphql", async (page) => {
  await page.locator(".graphiql-query-editor .CodeMirror").waitFor({ timeout: 20000 });
  await page.evaluate(([query, headers]) => {
    const editors = [...document.querySelectorAll(".CodeMirror")].map((element) => element.CodeMirror);
    editors[0].setValue(query);
    const tab = [...document.querySelectorAll("button")].find((button) => button.textContent === "Headers");
    tab?.click();
    window.headersForTest = headers;
  }, ["{ home { profile { name } } }", JSON.stringify({ Authorization: `Bearer ${ready.tokens.web}` })]);
  await page.locator('[aria-label="Headers"] .CodeMirror, .graphiql-editor-tool .CodeMirror:visible').last().waitFor({ timeout: 20000 });
  await page.evaluate(() => {
    const visible = [...document.querySelectorAll(".graphiql-editor-tool .CodeMirror")].filter((element) => element.offsetParent);
    visible.at(-1).CodeMirror.setValue(window.headersForTest);
  });
  await page.locator(".graphiql-execute-button").click();
  await page.locator(".result-window").getByText('"profile"').waitFor({ timeout: 20000 });
  const text = await page.locator(".result-window").innerText();
  if (!/"name": "\w+ \w+"/.test(text)) throw new Error(`no result: ${text}`);
});
