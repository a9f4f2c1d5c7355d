import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get, request, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';

import type { Browser, Page } from 'playwright-core';

import { startService, type LocalService, type RequestRecord } from '../../../dev/service/server';
import { toneSamples, wavBytes, type ToneOptions } from '../../../dev/service/tones';
import { ROOT, SCREENS } from '../../support/hosts/paths';
import { freePort } from '../../support/hosts/ports';
import { until } from '../../support/hosts/processes';
import { words } from '../../support/hosts/recordings';
import { filesThatHold } from '../../support/hosts/secrets';
import { drop, openBrowser, Start, watchWords } from '../../support/start';

const STOP_MS = 2000;
/** How soon a request must end after someone cancelled it. */
const CANCEL_MS = 500;
const MEGABYTE = 1024 * 1024;
/** What an upload that is refused while it comes in may hold: 100 MB, and what is on its way. */
const REFUSED_MEGABYTES = 250;

jest.setTimeout(60_000);

describe('npm start with the local service', () => {
	let start: Start;
	let folder: string;
	let browser: Browser;
	let page: Page;
	/** What pages complained of in the browser's console. */
	let complaints: string[];

	beforeAll(async () => {
		folder = mkdtempSync(path.join(tmpdir(), 'glm-asr-start-'));
		const microphone = path.join(folder, 'microphone.wav');
		writeFileSync(microphone, wav('4711', { lead: 0.5, toneSeconds: 0.2, gapSeconds: 0.15 }));
		start = new Start({ PORT: '0' });
		browser = await openBrowser(microphone);
		await start.untilReady();
	}, 90_000);

	afterAll(async () => {
		await browser?.close();
		await start?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	beforeEach(async () => {
		complaints = [];
		page = await openPage();
	});

	afterEach(async () => {
		await page.context().close();
		expect(complaints).toEqual([]);
	});

	async function openPage(): Promise<Page> {
		const context = await browser.newContext({ permissions: ['microphone'] });
		const opened = await context.newPage();
		opened.on('console', (message) => {
			const isPolicy = /Content Security Policy/i.test(message.text());
			if (isPolicy) complaints.push(message.text());
		});
		await opened.goto(`${start.url}/transcribe`);
		await opened.waitForSelector('body[data-state=idle]');
		return opened;
	}

	const done = () => page.waitForSelector('#segments:not([hidden])');
	const textOf = (selector: string) => page.locator(selector).innerText();

	async function requests(): Promise<RequestRecord[]> {
		const flows = (await (await fetch(`${start.url}/flows`)).json()) as { baseUrl?: string }[];
		const { baseUrl = '' } = flows.find((node) => node.baseUrl) ?? {};
		return (await (await fetch(new URL('/control/log', baseUrl))).json()) as RequestRecord[];
	}

	it('prints what is heard in the sample, in segments, and where to go on', () => {
		const lines = start.output.split('\n').map((line) => line.trim());
		expect(lines[0]).toMatch(/^Service: local.*telephone tones/);
		expect(lines).toContain('one two three four five six seven eight nine zero star pound');
		expect(lines.filter((line) => /^\d+\.\d\d {2}/.test(line.replace(/ +/g, '  ')))).toEqual([
			expect.stringMatching(/^0\.2\d +1\.0\d +one two three$/),
			expect.stringMatching(/^1\.9\d +2\.7\d +four five six$/),
			expect.stringMatching(/^3\.6\d +4\.8\d +seven eight nine zero$/),
			expect.stringMatching(/^5\.7\d +6\.2\d +star pound$/),
		]);
		expect(start.output).not.toMatch(/wrong|error/i);
		expect(start.output).toContain(`${start.url}/transcribe`);
	});

	it('runs every example flow in the editor', async () => {
		const flows = (await (await fetch(`${start.url}/flows`)).json()) as {
			id: string;
			type: string;
			service?: string;
		}[];
		const examples = path.join(ROOT, 'node-red/examples');
		const nodes = readdirSync(examples).flatMap(
			(name) => JSON.parse(readFileSync(path.join(examples, name), 'utf8')) as typeof flows,
		);
		const ids = flows.map(({ id }) => id);
		expect(new Set(ids).size).toBe(ids.length);
		for (const { id, type } of nodes) {
			if (type !== 'glm-asr-service') expect(ids).toContain(id);
		}
		const services = flows.filter(({ type }) => type === 'glm-asr-service');
		expect(services).toHaveLength(1);
		for (const { type, service } of flows) {
			if (type === 'glm-asr') expect(service).toBe(services[0]?.id);
		}
		expect(await (await fetch(start.url)).text()).toContain('<title>Node-RED');
	});

	it('lets no other web site in', async () => {
		const foreign = { headers: { origin: 'http://example.com' } };
		expect((await fetch(`${start.url}/flows`, foreign)).status).toBe(403);
		expect((await fetch(`${start.url}/flows`)).status).toBe(200);
		await expect(openSocket(`${start.url}/transcribe/live`, start.url)).resolves.toBe(101);
		await expect(openSocket(`${start.url}/transcribe/live`, 'http://example.com')).rejects.toThrow(
			'socket hang up',
		);
	});

	it('lets nobody put the page or the editor into theirs, nor scripts into the page', async () => {
		const { headers } = await fetch(`${start.url}/transcribe`);
		const policy = headers.get('content-security-policy');
		expect(policy).toMatch(/^default-src 'none';.* script-src 'self';.* frame-ancestors 'none'$/);
		expect(policy).not.toContain('unsafe');
		expect(headers.get('x-frame-options')).toBe('DENY');
		const editor = await fetch(start.url);
		expect(editor.headers.get('content-security-policy')).toBe("frame-ancestors 'self'");
		expect(editor.headers.get('x-frame-options')).toBe('SAMEORIGIN');

		await page.evaluate(() => {
			const script = document.createElement('script');
			script.textContent = 'document.title = "injected"';
			document.body.append(script);
		});
		expect(await page.title()).not.toBe('injected');
		expect(complaints).toEqual([expect.stringMatching(/inline script/)]);
		complaints = [];
	});

	it.each([
		['a file that says how long it is', '/transcribe', true],
		['a file that does not', '/transcribe', false],
		['flows', '/flows', false],
	])('refuses more than 100 MB while it comes in: %s', async (_name, where, isLengthSaid) => {
		const before = start.peakMegabytes;
		const { status, body, sent } = await upload(where, 400 * MEGABYTE, isLengthSaid);
		expect(status).toBe(413);
		expect(body).toMatch(/"More than 100 MB cannot be sent at once: .*\."/);
		expect(sent).toBeLessThan(300 * MEGABYTE);
		const limit = isLengthSaid ? 50 : REFUSED_MEGABYTES;
		expect(start.peakMegabytes - before).toBeLessThan(limit);
		expect((await fetch(`${start.url}/transcribe`)).status).toBe(200);
	});

	it('refuses such a recording of the page, too, which says so before', async () => {
		const socket = new WebSocket(`${start.url.replace('http', 'ws')}/transcribe/live`);
		const closed = new Promise<number>((resolve) => {
			socket.onclose = ({ code }) => resolve(code);
		});
		socket.onopen = () => socket.send(new Uint8Array(101 * MEGABYTE));
		expect(await closed).toBe(1009);

		await page.route('**/about.json', async (route) => {
			const about = (await (await route.fetch()).json()) as object;
			await route.fulfill({ json: { ...about, maxBytes: MEGABYTE } });
		});
		await page.reload();
		await page.waitForSelector('body[data-state=idle]');
		await drop(page, 'long.wav', Buffer.alloc(1.5 * MEGABYTE));
		await page.waitForSelector('#error:not([hidden])');
		expect(await textOf('#error')).toBe(
			'"long.wav" has 2 MB, and more than 1 MB cannot be sent at once: send it in parts, or as MP3.',
		);
	});

	/** Sends a form or JSON until all is sent or an answer comes. */
	async function upload(where: string, total: number, isLengthSaid: boolean) {
		const type = where === '/flows' ? 'application/json' : 'multipart/form-data; boundary=x';
		const uploading = request(`${start.url}${where}`, {
			method: 'POST',
			headers: { 'content-type': type, ...(isLengthSaid && { 'content-length': total }) },
		});
		let sent = 0;
		let answer: IncomingMessage | undefined;
		const answered = new Promise<IncomingMessage>((resolve) => uploading.on('response', resolve));
		void answered.then((response) => (answer = response));
		// It is cut off.
		uploading.on('error', () => {});
		uploading.write('--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n');
		const block = Buffer.alloc(MEGABYTE);
		while (!answer && sent + block.length < total) {
			sent += block.length;
			await new Promise((resolve) => uploading.write(block, resolve));
		}
		const response = await answered;
		const body = await text(response);
		uploading.destroy();
		return { status: response.statusCode, body, sent };
	}

	it('shows the words of a dropped file one after another, then its segments', async () => {
		const states = await watchWords(page);
		await drop(page, 'dropped.wav', wav('123 456', { toneSeconds: 0.25, gapSeconds: 0.25 }));
		await done();
		expect(await states()).toEqual(
			[1, 2, 3, 4, 5, 6].map((count) => words('123456'.slice(0, count))),
		);
		const rows = await page.locator('#segments tbody tr').allInnerTexts();
		const cells = rows.map((row) => row.split('\t'));
		expect(cells.map(([, , text]) => text).join(' ')).toBe(words('123456'));
		for (const [begin, end] of cells)
			expect([begin, end].join()).toMatch(/^0:0\d\.\d\d,0:0\d\.\d\d$/);
		await screenshots('transcribe');
	});

	it('says what it hears and lets the keypad dial that', async () => {
		expect(await textOf('#notice')).toContain('hears only telephone tones');
		for (const digit of '12') await page.getByRole('button', { name: digit, exact: true }).click();
		await page.keyboard.press('3');
		expect(await textOf('#dialled')).toBe('123');
		await page.locator('#send-dialled').click();
		await done();
		expect(await textOf('#words')).toBe('one two three');
	});

	it('records from the microphone', async () => {
		await page.getByRole('button', { name: 'Record', exact: true }).click();
		await page.waitForFunction(() => /^[3-9] /.test(document.getElementById('time')!.innerText));
		await page.screenshot({ path: path.join(SCREENS, 'transcribe-recording.png') });
		await page.getByRole('button', { name: 'Stop and transcribe' }).click();
		await done();
		expect(await textOf('#words')).toBe(words('4711'));
		const { file, fields } = (await requests()).at(-1)!;
		expect(fields).toMatchObject({ model: 'glm-asr', stream: 'true' });
		expect(file).toMatchObject({ name: 'recording.wav', format: 'wav' });
		expect(file!.size).toBeCloseTo(44 + file!.duration! * 32000, -1);
	});

	it('says in a sentence what is wrong with a file that is no audio', async () => {
		await drop(page, 'notes.txt', Buffer.from('Dear diary, today I was no recording.'));
		await page.waitForSelector('#error:not([hidden])');
		expect(await textOf('#error')).toMatch(/^"notes\.txt" is not audio.*\.$/);
		expect(await textOf('#error')).not.toMatch(/Error:|\bat \w+ \(/);
		await page.screenshot({ path: path.join(SCREENS, 'transcribe-error.png') });
	});

	it('cancels its own recording at the service, and nobody else’s', async () => {
		const other = await openPage();
		const long = '1'.repeat(60);
		await drop(page, 'mine.wav', wav(long));
		await page.waitForSelector('#words span');
		await drop(other, 'theirs.wav', wav('789'));
		await page.getByRole('button', { name: 'Cancel' }).click();
		const cancelledAt = Date.now();
		await page.waitForSelector('body[data-state=idle]');
		await other.waitForSelector('#segments:not([hidden])');
		expect(await other.locator('#words').innerText()).toBe(words('789'));
		const [mine, theirs] = (await requests()).slice(-2);
		expect(mine).toMatchObject({ file: { name: 'mine.wav' }, outcome: 'aborted' });
		expect(mine!.endedAt! - cancelledAt).toBeLessThan(CANCEL_MS);
		expect(theirs).toMatchObject({ file: { name: 'theirs.wav' }, outcome: 'finished' });
		await other.context().close();
	});

	it('serves files to curl', async () => {
		const form = new FormData();
		form.append('file', new Blob([wav('12')]), 'memo.wav');
		const answer = await fetch(`${start.url}/transcribe`, { method: 'POST', body: form });
		expect(await answer.json()).toMatchObject({ text: 'one two', model: 'glm-asr-2512' });
	});

	/** The page as desktops and phones show it, light and dark. */
	async function screenshots(name: string): Promise<void> {
		mkdirSync(SCREENS, { recursive: true });
		for (const [suffix, colorScheme, width] of [
			['', 'light', 1100],
			['-phone', 'dark', 390],
		] as const) {
			await page.emulateMedia({ colorScheme });
			await page.setViewportSize({ width, height: 850 });
			const file = path.join(SCREENS, `${name}${suffix}.png`);
			await page.screenshot({ path: file, fullPage: true });
		}
	}
});

describe('npm start with a key', () => {
	const KEY = 'start-tests-secret-key';
	let service: LocalService;
	let start: Start | undefined;

	beforeEach(async () => {
		service = await startService({ apiKey: KEY });
	});

	afterEach(async () => {
		await start?.stop();
		await service.close();
	});

	const startWith = (apiKey: string) => {
		start = new Start({
			PORT: '0',
			GLM_ASR_API_KEY: apiKey,
			GLM_ASR_PLATFORM: 'custom',
			GLM_ASR_BASE_URL: service.url,
		});
		return start.untilReady();
	};

	it('sends the spoken sample to that service and shows the key nowhere', async () => {
		const { output, url } = await startWith(KEY);
		expect(output).toContain('The recording says: The quick brown fox');
		expect(service.log).toMatchObject([
			{ authorized: true, file: { name: 'sentence.wav' }, fields: { model: 'glm-asr-2512' } },
		]);
		const flows = await (await fetch(`${url}/flows`)).text();
		for (const text of [output, flows]) expect(text.includes(KEY)).toBe(false);
		expect(filesThatHold('glm-asr-service', path.join(ROOT, '.start'))).not.toEqual([]);
		expect(filesThatHold(KEY, path.join(ROOT, '.start'))).toEqual([]);
	});

	it('says when the key is refused, and goes on serving', async () => {
		const { output, url } = await startWith('some-other-key');
		expect(output).toMatch(/^The sample could not be transcribed: .*API key.*\.$/m);
		expect((await fetch(`${url}/transcribe`)).status).toBe(200);
	});
});

describe('npm start, its beginning and end', () => {
	it.each(['SIGINT', 'SIGTERM'] as const)(
		'stops at once on %s and frees its port',
		async (signal) => {
			const port = await freePort();
			const start = await new Start({ PORT: String(port) }).untilReady();
			expect(start.url).toBe(`http://127.0.0.1:${port}`);
			expect(await start.stop(signal)).toBeLessThan(STOP_MS);
			expect(start.exitCode).toBe(0);
			const probe = createServer();
			await new Promise<void>((resolve, reject) => {
				probe.once('error', reject).listen(port, '127.0.0.1', resolve);
			});
			probe.close();
		},
	);

	it('says in one sentence that the port is taken', async () => {
		const other = createServer();
		await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
		const { port } = other.address() as { port: number };
		const start = new Start({ PORT: String(port) });
		await until('the end', () => start.isOver);
		expect(start.exitCode).toBe(1);
		expect(start.output.trim()).toMatch(new RegExp(`^Port ${port} is in use: .*PORT=.*\\.$`));
		other.close();
	});

	it('says what a port is', async () => {
		const start = new Start({ PORT: 'http' });
		await start.untilOver();
		expect(start.output.trim()).toBe('PORT must be a whole number from 0 to 65535, not "http".');
		expect(start.exitCode).toBe(1);
	});
});

/** Asks for a WebSocket as a page of `origin` does; returns the status. */
function openSocket(url: string, origin: string): Promise<number | undefined> {
	const headers = {
		connection: 'Upgrade',
		upgrade: 'websocket',
		'sec-websocket-version': '13',
		'sec-websocket-key': Buffer.alloc(16).toString('base64'),
		origin,
	};
	return new Promise((resolve, reject) => {
		const opening = get(url, { headers });
		opening.on('error', reject);
		opening.on('upgrade', ({ statusCode }, socket) => {
			socket.destroy();
			resolve(statusCode);
		});
	});
}

function wav(digits: string, options?: ToneOptions): Uint8Array<ArrayBuffer> {
	const { samples, sampleRate } = toneSamples(digits, options);
	return wavBytes(samples, sampleRate);
}
