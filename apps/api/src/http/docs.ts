import { createRequire } from "node:module";
import { dirname } from "node:path";
import { Router } from "express";

const assets = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));

/** All that the page needs; the package also brings a page of its own, about somebody else's API. */
const assetFiles = ["swagger-ui.css", "swagger-ui-bundle.js"];

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Tocsin API</title>
    <link rel="stylesheet" href="/docs/assets/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/assets/swagger-ui-bundle.js"></script>
    <script src="/docs/initialize.js"></script>
  </body>
</html>
`;

const script = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#swagger-ui", validatorUrl: null, persistAuthorization: true });
`;

/** The API's documentation: Swagger UI from local files over the generated document. */
export function docsRoutes(document: object): Router {
  const routes = Router();
  routes.get("/openapi.json", (_request, response) => {
    response.json(document);
  });
  routes.get("/docs", (_request, response) => {
    response.type("html").send(page);
  });
  routes.get("/docs/initialize.js", (_request, response) => {
    response.type("js").send(script);
  });
  for (const file of assetFiles) {
    routes.get(`/docs/assets/${file}`, (_request, response) => {
      response.sendFile(file, { root: assets, maxAge: "1d" });
    });
  }
  return routes;
}
