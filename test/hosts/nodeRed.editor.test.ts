import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { startService, type LocalService } from '../../dev/service/server';
import { NodeRedServer, PACKAGE } from '../support/hosts/nodeRedServer';
import { httpIn, httpResponse } from '../support/hosts/nodeRedFlows';
import { SCREENS } from '../support/hosts/paths';
import { recording, words } from '../support/hosts/recordings';

const API_KEY = 'host-tests-secret-key-of-the-editor';
/** Debian's Chromium, unless the environment names another. */
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const NODE = '.red-ui-flow-node-group';

jest.setTimeout(60_000);

describe("Node-RED's editor with the packed package", () => {
	let service: LocalService;
	let nodeRed: NodeRedServer;
	let browser: Browser;
	let page: Page;
	/** Uncaught exceptions of the page, and requests that Node-RED refused. */
	const errors: string[] = [];

	beforeAll(async () => {
		service = await startService({ apiKey: API_KEY });
		nodeRed = await NodeRedServer.start();
		mkdirSync(SCREENS, { recursive: true });
		browser = await chromium.launch({
			executablePath: CHROMIUM,
			args: [
				'--no-sandbox',
				'--disable-gpu',
				'--disable-quic',
				'--no-first-run',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
			],
		});
		page = await browser.newPage({ viewport: { width: 1400, height: 1000 }, locale: 'en-US' });
		page.setDefaultTimeout(15_000);
		await page.route(
			({ origin }) => origin !== nodeRed.url,
			(elsewhere) => elsewhere.abort(),
		);
		page.on('pageerror', ({ message }) => errors.push(message));
		page.on('response', (answer) => {
			if (answer.status() >= 400) errors.push(`${answer.status()} ${answer.url()}`);
		});
		await page.goto(nodeRed.url);
		await page.locator('#red-ui-palette').waitFor();
	}, 180_000);

	afterAll(async () => {
		await browser?.close();
		await nodeRed?.stop();
		await service?.close();
	}, 60_000);

	const paletteEntry = () => page.locator('.red-ui-palette-node[data-palette-type="glm-asr"]');
	const screenshot = (name: string) =>
		page.screenshot({ path: path.join(SCREENS, `node-red-${name}.png`) });

	it('offers the node in the palette', async () => {
		await paletteEntry().scrollIntoViewIfNeeded();
		await paletteEntry().hover();
		await page
			.locator('.red-ui-popover')
			.filter({ hasText: /\w+ \w+/ })
			.waitFor();
		await screenshot('palette');
	});

	it('opens the form of a node that was dropped on the workspace', async () => {
		await paletteEntry().dragTo(page.locator('#red-ui-workspace-chart'), {
			targetPosition: { x: 300, y: 200 },
		});
		await page.locator(NODE).dblclick();
		await page.locator('#node-input-model').waitFor();
		expect(await page.locator('#node-input-model').inputValue()).toBe('glm-asr-2512');
		await screenshot('form');
	});

	it('shows the help of the node', async () => {
		await page.locator('.red-ui-tray-footer button:has(.fa-book)').click();
		for (const heading of ['Inputs', 'Outputs', 'Details', 'References']) {
			await page.locator('.red-ui-help h3', { hasText: heading }).waitFor();
		}
		await screenshot('help');
	});

	it('marks an invalid temperature', async () => {
		await page.locator('#glm-asr-options .red-ui-palette-header').click();
		const temperature = page.locator('#node-input-temperature');
		await temperature.fill('1.5');
		await page.keyboard.press('Tab');
		await page.locator('#node-input-temperature.input-error').waitFor();
		await screenshot('invalid-temperature');
		await temperature.fill('0.5');
		await page.keyboard.press('Tab');
		await page.locator('#node-input-temperature:not(.input-error)').waitFor();
	});

	it('adds a service in a form of its own', async () => {
		await page.locator('#node-input-btn-service-add').click();
		await page.locator('#node-config-input-platform').selectOption('custom');
		const baseUrl = page.locator('#node-config-input-baseUrl');
		await baseUrl.fill('no address');
		await page.keyboard.press('Tab');
		await page.locator('#node-config-input-baseUrl.input-error').waitFor();
		await baseUrl.fill(service.url);
		await page.keyboard.press('Tab');
		await page.locator('#node-config-input-baseUrl:not(.input-error)').waitFor();
		await page.locator('#node-config-input-apiKey').fill(API_KEY);
		await screenshot('service');
		await page.locator('#node-config-dialog-ok').click();
		await page.locator('#node-input-service:not(.input-error)').waitFor();
		await page.locator('#node-dialog-ok').click();
		await page.locator('#node-dialog-ok').waitFor({ state: 'detached' });
	});

	it('deploys a node that works', async () => {
		await page.locator('#red-ui-header-button-deploy').click();
		await page.locator('.red-ui-notification-success').waitFor();
		await screenshot('deployed');
		const deployed = await nodeRed.exportedFlows();
		const asr = deployed.find(({ type }) => type === 'glm-asr');
		expect(asr).toMatchObject({ model: 'glm-asr-2512', temperature: '0.5' });
		expect(JSON.stringify(deployed)).not.toContain(API_KEY);
		const input = { ...httpIn('editor', false), z: asr?.z, wires: [[asr?.id ?? '']] };
		const others = deployed.filter((node) => node !== asr);
		await nodeRed.deploy([
			...others,
			input,
			{ ...asr!, wires: [['answer']] },
			{ ...httpResponse(), z: asr?.z },
		]);
		const answer = await fetch(`${nodeRed.url}/editor`, { method: 'POST', body: recording('42') });
		expect(await answer.text()).toBe(words('42'));
	});

	it('imports an example', async () => {
		const [name = ''] = (await nodeRed.examples()).keys();
		await nodeRed.deploy([]);
		await page.reload();
		await page.locator('#red-ui-workspace-chart').click();
		await page.keyboard.press('Control+i');
		const dialog = page.locator('#red-ui-clipboard-dialog');
		await dialog.locator('.red-ui-tab', { hasText: 'Examples' }).click();
		await dialog.getByText(PACKAGE, { exact: true }).click();
		await dialog.getByText(name, { exact: true }).click();
		await screenshot('examples');
		await page.locator('#red-ui-clipboard-dialog-ok').click();
		await page.locator('#red-ui-workspace-chart').click({ position: { x: 300, y: 200 } });
		await page.locator('#red-ui-header-button-deploy:not(.disabled)').click();
		await page.locator('.red-ui-notification-success').waitFor();
		await screenshot('example');
		expect((await nodeRed.exportedFlows()).map(({ type }) => type)).toEqual(
			expect.arrayContaining(['tab', 'glm-asr', 'glm-asr-service']),
		);
	});

	it('reports no error', () => {
		expect(errors).toEqual([]);
	});
});
