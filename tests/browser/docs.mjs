// `/web/docs` shows the operations of the OpenAPI document.
import { browse } from "./browser.mjs";

await browse("/web/docs", async (page) => {
  await page.getByText("/web/home").first().waitFor({ timeout: 20000 });
  await page.getByText("/web/products/{id}").first().waitFor({ timeout: 20000 });
});
