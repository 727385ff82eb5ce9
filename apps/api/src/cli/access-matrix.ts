// Prints which role may call which route: npm run access-matrix
import { accessMatrix, renderMatrix } from "../access/access-matrix.ts";
import { restRoutes } from "../rest/routes.ts";
import { v1Router } from "../routers/v1.ts";

console.log(renderMatrix(accessMatrix(restRoutes(v1Router))));
