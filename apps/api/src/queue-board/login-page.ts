/** The page that asks who wants to see the queues. `message` is ours, never a caller's. */
export function loginPage(action: string, message = ""): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Tocsin queues</title>
  </head>
  <body>
    <h1>Queues</h1>
    <p role="alert">${message}</p>
    <form method="post" action="${action}">
      <p><label>E-mail <input name="email" type="email" autocomplete="username" required></label></p>
      <p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
      <p><button>Log in</button></p>
    </form>
  </body>
</html>
`;
}
