import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@node3/shared/client';
import { getAccount } from '@node3/shared/routes/accounts';
import { deviceGrant } from '@node3/shared/routes/device-logins';
import { cancelJob, createJob } from '@node3/shared/routes/jobs';
import { listKeys } from '@node3/shared/routes/keys';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from '../dev-network.ts';
import { type FirstLoad, firstLoadBytesMax, firstLoadFile } from '../first-load.ts';
import { dashboardDir, findChromium, inspectPage, isComplaint, launch } from './browser-support.ts';
import { addSignInWallet, type SignInWallet } from './sign-in-wallet.ts';

const { program, skip } = findChromium();
const patient = { timeout: 30_000 };

describe.skipIf(skip)('the frame of the web app in a real browser', () => {
  let network: DevNetwork;
  let requester: Requester;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let wallet: SignInWallet;
  const complaints: string[] = [];

  beforeAll(async () => {
    // A process of its own, which can be killed under the page.
    network = await startDevNetwork({
      marketplaceIn: 'child',
      childEnv: { DASHBOARD_DIR: dashboardDir },
    });
    requester = await network.openRequester();
    browser = await launch(program);
    context = await browser.newContext();
    context.setDefaultTimeout(patient.timeout);
    wallet = await addSignInWallet(context, requester.wallet);
    page = await context.newPage();
    page.on('console', (message) => {
      if (isComplaint(message)) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterAll(async () => {
    await browser?.close();
    await network?.stop();
  });

  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const heading = (name: string) => page.getByRole('heading', { name, level: 1 });
  const alert = (text: string) => page.getByRole('alert').filter({ hasText: text });

  it('loads little at first, compressed beforehand, and its policy forbids the rest', async () => {
    const encodings = new Map<string, string | undefined>();
    page.on('response', (response) => {
      if (response.url().includes('/assets/'))
        encodings.set(response.url(), response.headers()['content-encoding']);
    });
    const answer = await page.goto(`${network.marketplaceUrl}/jobs`);
    expect(answer?.headers()['content-security-policy']).toContain("default-src 'none'");
    await button('Sign in with Test Wallet').waitFor();
    const measured = await readFile(join(dashboardDir, firstLoadFile), 'utf8');
    for (const bytes of Object.values(JSON.parse(measured) as FirstLoad)) {
      expect(bytes).toBeGreaterThan(100_000);
      expect(bytes).toBeLessThanOrEqual(firstLoadBytesMax);
    }
    expect(encodings.size).toBeGreaterThan(3);
    expect([...encodings.values()].filter((one) => one === 'br' || one === 'gzip')).not.toEqual([]);
    // Neither what a job wrote nor an extension of the page could run a script here.
    const ran = await page.evaluate(`(() => {
      const script = document.createElement('script');
      script.textContent = 'top.name = "pwned"';
      document.body.append(script);
      return top.name;
    })()`);
    expect(ran).toBe('');
    expect(complaints.splice(0).join()).toContain('Content Security Policy');
  });

  it('[9.22] signs in by a wallet, and says what happened where its owner did not sign', async () => {
    await inspectPage(page, 'shell-sign-in');
    wallet.owner = 'refuses';
    await button('Sign in with Test Wallet').click();
    await alert('You did not sign').waitFor();
    wallet.owner = 'signs';
    await button('Sign in with Test Wallet').click();
    await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor();
    await button(/^Account/).click();
    await page.getByText('Signed in with Test Wallet').waitFor();
    await page.getByText(requester.wallet.address.slice(0, 6)).waitFor();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    wallet.owner = 'stale';
    await button('Sign in with Test Wallet').click();
    await alert('it works once, for five minutes').waitFor();
    wallet.owner = 'signs';
    await button('Sign in with Test Wallet').click();
    await button(/^Account.*5 SOL/).waitFor();
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: 'node3_session', httpOnly: true, sameSite: 'Strict' });
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    // What the two refusals were answered with.
    expect(complaints.splice(0).every((one) => one.includes('401'))).toBe(true);
  });

  it('tells of a job that ends elsewhere, by the socket of the session', async () => {
    await page.getByRole('link', { name: 'Preferences' }).click();
    await heading('Preferences').waitFor();
    await page.locator('.connection[data-state=live]').waitFor();
    const job = await requester.client.call(createJob, {
      body: {
        name: 'Night watch',
        workload: { kind: 'script', language: 'bash', code: 'echo' },
        price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
      },
    });
    await requester.client.call(cancelJob, { params: { jobId: job.jobId } });
    await page.getByText('Night watch').waitFor();
    await button('Open the job').click();
    await page.waitForURL(`**/jobs/${job.jobId}`);
  });

  it('[8.11] is used by the keyboard: palette, shortcuts, and letters that can be switched off', async () => {
    const { pathname } = new URL(page.url());
    const loads = Promise.withResolvers<void>();
    const chunk = /\/palette-[^/]*\.js$/;
    await page.route(chunk, (route) => loads.promise.then(() => route.continue()));
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Search and commands' }).waitFor({ state: 'attached' });
    // Letters are for the palette, also before it is there: they lead nowhere.
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    loads.resolve();
    const search = page.getByRole('combobox', { name: 'Search pages, jobs and actions' });
    await search.waitFor();
    expect(new URL(page.url()).pathname).toBe(pathname);
    await page.unroute(chunk);
    await search.fill('night');
    await page.getByRole('option', { name: /Night watch/ }).waitFor();
    await search.press('Enter');
    await heading('Night watch').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('j');
    await heading('Jobs').and(page.locator(':focus')).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.getByText('Go to', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await heading('Preferences').waitFor();
    await page.getByRole('switch', { name: 'Shortcuts of single keys' }).press('Space');
    await heading('Preferences').click();
    await page.keyboard.press('g');
    await page.keyboard.press('j');
    await page.keyboard.press('Control+k');
    await search.fill('prefer');
    await page.getByRole('option', { name: 'Preferences' }).click();
    await heading('Preferences').waitFor();
    await page.getByRole('switch', { name: 'Shortcuts of single keys' }).press('Space');
    await page.getByRole('radio', { name: 'UTC' }).press('Space');
    await page.getByText(/This page was opened:.* UTC$/).waitFor();
    await inspectPage(page, 'shell-preferences');
  });

  it('makes keys, shows each once, replaces and revokes them', async () => {
    await page.getByRole('link', { name: 'API keys' }).click();
    await button('Create a key').first().click();
    const dialog = page.getByRole('dialog', { name: 'Create a key' });
    await dialog.getByLabel('Name').fill('ci');
    await dialog.getByLabel('SOL for one day (UTC)').fill('0,5');
    await dialog.getByRole('button', { name: 'Create a key' }).click();
    await dialog.getByText('Enter digits and at most one point, or nothing.').waitFor();
    await dialog.getByLabel('SOL for one day (UTC)').fill('0.5');
    await dialog.getByRole('button', { name: 'Create a key' }).click();
    const shown = page.getByRole('dialog', { name: 'The new key' });
    const apiKey = (await shown.locator('code').textContent()) ?? '';
    const made = createClient({ baseUrl: network.marketplaceUrl, apiKey });
    const { access } = await made.call(getAccount, {});
    expect(access).toEqual({ by: 'key', scopes: ['requester'] });
    await button('I have stored it').click();
    const row = page.getByRole('row', { name: /^ci/ });
    await row.getByText('0.5 SOL for one day (UTC)').waitFor();
    await inspectPage(page, 'shell-keys');
    // A key with caps was given away: who is signed in with it sees what it may change.
    const given = await browser.newContext();
    const theirs = await given.newPage();
    await theirs.goto(`${network.marketplaceUrl}/settings/keys#key=${apiKey}`);
    await theirs.getByRole('note').filter({ hasText: 'has spending caps' }).waitFor(patient);
    const buttons = theirs.getByRole('table').getByRole('button', { name: 'Rotate' });
    await expect.poll(() => buttons.count(), patient).toBe(1);
    expect(await theirs.getByRole('button', { name: 'Create a key' }).count()).toBe(0);
    await given.close();
    await row.getByRole('button', { name: 'Rotate' }).click();
    await button('Yes, replace').click();
    await button('I have stored it').click();
    await row.getByRole('button', { name: 'Revoke' }).click();
    await button('Yes, revoke').click();
    await row.waitFor({ state: 'detached' });
    const names = (await requester.client.call(listKeys, {})).data.map(({ name }) => name);
    expect(names).not.toContain('ci');
  });

  it('approves and denies logins of other devices', async () => {
    const post = async (path: string, form: Record<string, string>) => {
      const url = `${network.marketplaceUrl}/api/v1/oauth/${path}`;
      const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
      return (await answer.json()) as Record<string, string>;
    };
    const client_id = 'node3 on a laptop';
    for (const [decision, told] of [
      ['Deny', 'Denied'],
      ['Approve', 'Approved'],
    ] as const) {
      const login = await post('device_authorization', { client_id, scope: 'requester' });
      await page.goto(login['verification_uri_complete'] ?? '');
      await page.getByText(client_id).waitFor();
      if (decision === 'Approve') await inspectPage(page, 'shell-device');
      await button(decision).click();
      await page.getByRole('status').filter({ hasText: told }).waitFor();
      const { device_code = '' } = login;
      const taken = await post('token', { grant_type: deviceGrant, device_code, client_id });
      if (decision === 'Deny') expect(taken['error']).toBe('access_denied');
      else expect(taken).toMatchObject({ token_type: 'Bearer', scope: 'requester' });
    }
    await page.goto(`${network.marketplaceUrl}/device`);
    await page.getByLabel('Code').fill('BBBB-BBBB');
    await button('Show').click();
    await alert('There is no login with this code').waitFor();
    complaints.splice(0);
  });

  it('[8.11] fits a phone: a bar, a sheet with every page, and Spanish', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${network.marketplaceUrl}/settings/sessions?lang=es`);
    await heading('Sesiones').waitFor();
    await page.getByText('esta', { exact: true }).waitFor();
    await button('Más').click();
    const sheet = page.getByRole('dialog', { name: 'Más' });
    await sheet.getByRole('link', { name: 'Claves de API' }).waitFor();
    expect(await sheet.getByText('Operador').count()).toBe(0);
    await sheet.getByRole('link', { name: 'Preferencias' }).click();
    await heading('Preferencias').waitFor();
    await page.getByText('English').click();
    await heading('Preferences').waitFor();
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('shows the operator’s pages to the operator alone, and says what is missing', async () => {
    const own = await context.newPage();
    await own.goto(`${network.marketplaceUrl}/admin/fleet#key=${requester.apiKey}`);
    await own.getByRole('alert').filter({ hasText: 'operator' }).first().waitFor();
    await own.goto(`${network.marketplaceUrl}/settings#key=${network.adminApiKey}`);
    await own.reload();
    await own.getByRole('button', { name: 'Alerts: 0 new' }).click();
    await own.getByText('Nothing needs you.').waitFor();
    await own.close();
  });

  it('says how old the data is while nothing answers, and recovers by itself', async () => {
    await page.goto(`${network.marketplaceUrl}/settings/sessions`);
    await page.getByText('this one').waitFor();
    await network.child?.kill();
    await alert('The connection is lost').waitFor();
    await page.getByText(/What you see is \d+ s old/).waitFor();
    await page.locator('.page-content[data-stale]').waitFor();
    expect(await page.getByText('this one').count()).toBe(1);
    // A page that was not fetched yet comes with the marketplace, and the app stays until then.
    await page.getByRole('link', { name: 'Wallet' }).click();
    await page.waitForURL('**/wallet');
    await alert('The connection is lost').waitFor();
    await network.child?.start();
    await heading('Wallet').waitFor();
    await alert('The connection is lost').waitFor({ state: 'detached' });
    await page.locator('.connection[data-state=live]').waitFor();
    await page.locator('.page-content:not([data-stale])').waitFor();
    complaints.splice(0);
  });

  it('ends sessions, its own too', async () => {
    await page.goto(`${network.marketplaceUrl}/settings/sessions`);
    await button('End all sessions').click();
    await button('Yes, end').click();
    await button('Sign in with Test Wallet').waitFor();
    await page.goto(`${network.marketplaceUrl}/nowhere`);
    await heading('Page not found').waitFor();
    await inspectPage(page, 'shell-not-found');
    expect(complaints).toEqual([]);
  });
});
