/** Approving a login on another device, for browsers. All that is shown is set as text. */
export const devicePage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Approve a login - node3</title>
<script src="/device.js" type="module"></script>
</head>
<body>
<main>
<h1>Approve a login</h1>
<p id="status" role="status">Type the code that is shown where you log in.</p>
<p id="wallets"></p>
<form id="find">
<label>Code <input id="code" autocomplete="off" spellcheck="false" required maxlength="9"></label>
<button>Show</button>
</form>
<section id="login" hidden>
<h2>This gives away a key of your account</h2>
<dl>
<dt>Program</dt><dd id="client"></dd>
<dt>It may</dt><dd id="scopes"></dd>
<dt>Asked from</dt><dd id="address"></dd>
<dt>Until</dt><dd id="until"></dd>
</dl>
<p>Approve it only if you began it yourself, just now, and see the same code there.</p>
<button id="approve" type="button">Approve</button>
<button id="deny" type="button">Deny</button>
</section>
</main>
</body>
</html>
`;

export const deviceScript = `const byId = (id) => document.getElementById(id);
const say = (text) => { byId('status').textContent = text; };
const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

async function ask(method, path, body) {
  const headers = { 'x-node3-csrf': '1' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  const text = body === undefined ? undefined : JSON.stringify(body);
  const answer = await fetch(path, { method, headers, body: text });
  const read = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(read.detail + ' ' + read.fix), read);
  return read;
}

function base58(bytes) {
  let value = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let text = '';
  for (; value > 0n; value /= 58n) text = alphabet[Number(value % 58n)] + text;
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return '1'.repeat(zeros === -1 ? bytes.length : zeros) + text;
}

async function signIn(wallet) {
  const input = await ask('POST', '/api/v1/auth/sign-ins');
  const [output] = await wallet.features['solana:signIn'].signIn(input);
  await ask('POST', '/api/v1/sessions', {
    message: new TextDecoder().decode(output.signedMessage),
    signature: base58(output.signature),
  });
  byId('wallets').replaceChildren();
  say('You are signed in.');
  if (byId('code').value !== '') await show();
}

const offered = new Set();
function offer(...wallets) {
  for (const wallet of wallets) {
    if (offered.has(wallet.name) || !('solana:signIn' in wallet.features)) continue;
    offered.add(wallet.name);
    const button = document.createElement('button');
    button.textContent = 'Sign in with ' + wallet.name;
    button.addEventListener('click', () => attempt(() => signIn(wallet)));
    byId('wallets').append(button, ' ');
  }
  return () => {};
}

async function attempt(step) {
  try {
    await step();
  } catch (error) {
    if (error.code === 'AUTH_REQUIRED' || error.code === 'AUTH_INVALID') {
      say('Sign in with the wallet of your account first.');
      findWallets();
    } else say(error.message);
  }
}

function findWallets() {
  const api = Object.freeze({ register: offer });
  addEventListener('wallet-standard:register-wallet', ({ detail }) => detail(api));
  dispatchEvent(new CustomEvent('wallet-standard:app-ready', { detail: api }));
}

let shownPath = '';

async function show() {
  byId('login').hidden = true;
  const path = '/api/v1/device-logins/' + encodeURIComponent(byId('code').value.trim());
  const login = await ask('GET', path);
  // What is decided about is what is shown, whatever is typed meanwhile.
  shownPath = path;
  byId('client').textContent = login.client;
  byId('scopes').textContent = login.scopes.join(', ');
  byId('address').textContent = login.address ?? 'unknown';
  byId('until').textContent = new Date(login.expiresAt).toLocaleTimeString();
  byId('login').hidden = false;
  say('Compare this with what is shown where you log in.');
}

async function decide(decision) {
  await ask('POST', shownPath, { decision });
  byId('login').hidden = true;
  say(decision === 'approve' ? 'Approved. You can close this page.' : 'Denied.');
}

byId('find').addEventListener('submit', (event) => {
  event.preventDefault();
  void attempt(show);
});
byId('approve').addEventListener('click', () => attempt(() => decide('approve')));
byId('deny').addEventListener('click', () => attempt(() => decide('deny')));
byId('code').value = new URLSearchParams(location.search).get('user_code') ?? '';
if (byId('code').value !== '') void attempt(show);
`;
