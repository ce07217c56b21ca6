// `/web/graphql` opens the explorer: the documentation is there without a token, and a query typed with one shows its result.
import { browse, ready } from "./browser.mjs";

const QUERY = "{ home { profile { name } } }";

await browse("/web/graphql", async (page, posted) => {
  // Nobody has a token yet.
  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  const documentation = page.locator(".graphiql-doc-explorer");
  await documentation.getByRole("link", { name: "Query" }).or(documentation.getByText("Query", { exact: true })).first().click();
  await documentation.getByText("home", { exact: true }).first().waitFor({ timeout: 20000 });
  if (posted.length) throw new Error(`something was run before anybody asked: ${posted.join(", ")}`);
  const text = await documentation.innerText();
  if (/error/i.test(text)) throw new Error(`the documentation has an error: ${text}`);

  // What an editor holds, once it has been emptied and written to by hand.
  const write = async (editor, how) => {
    await editor.locator(".CodeMirror").click();
    await page.keyboard.press("Control+A");
    await page.keyboard.press("Delete");
    await how();
    return editor.locator(".CodeMirror").evaluate((element) => element.CodeMirror.getValue());
  };
  const typed = await write(page.locator(".graphiql-query-editor"), () => page.keyboard.type(QUERY, { delay: 10 }));
  if (typed !== QUERY) throw new Error(`the editor shows ${typed}`);
  // A word that is no field would be underlined.
  if (await page.locator(".graphiql-query-editor .CodeMirror-lint-mark-error").count()) throw new Error("the query is marked as wrong");

  const headers = JSON.stringify({ Authorization: `Bearer ${ready.tokens.web}` });
  const tools = page.locator(".graphiql-editor-tool .graphiql-editor:visible");
  const pasted = await write(tools, () => page.keyboard.insertText(headers));
  if (pasted !== headers) throw new Error(`the headers show ${pasted}`);

  await page.getByRole("button", { name: /^Execute query/ }).click();
  const result = page.locator(".result-window");
  await result.getByText('"profile"').waitFor({ timeout: 20000 });
  // What a person sees: blanks between words may be of any kind.
  const shown = (await result.locator(".CodeMirror-code").innerText()).replace(/\s/g, " ");
  if (!/"name": "\p{L}+ \p{L}+"/u.test(shown)) throw new Error(`no result: ${shown}`);
  if (posted.length !== 1) throw new Error(`one click, and these requests: ${posted.join(", ")}`);
});
