import { secondsToWait } from '../../../core/errors/retryAfter';
import { refusalOf } from '../../support/core';
import { refusing } from '../../support/errors';

const NOW = Date.UTC(2026, 9, 21, 7, 28);

test.each<[string | undefined, number | undefined]>([
	['30', 30],
	['0', 0],
	['1.5', 1.5],
	['0.25', 0.25],
	['.5', 0.5],
	['2.', 2],
	[' 30 ', 30],
	['\t1.5\t', 1.5],
	['007', 7],
	['99999999999999999999', 1e20],
	['9'.repeat(400), Infinity],
	['1.5, 60', 1.5],
	['30,60', 30],
	[undefined, undefined],
	['', undefined],
	[' ', undefined],
	['.', undefined],
	['soon', undefined],
	['soon, 30', undefined],
	['-5', undefined],
	['-1.5', undefined],
	['+5', undefined],
	['1e3', undefined],
	['1.5.2', undefined],
	['1,5', 1],
	['0x10', undefined],
	['Infinity', undefined],
	['30 seconds', undefined],
	['in 30', undefined],
	['not before 5', undefined],
])('Retry-After: %s asks for %s seconds', (header, seconds) => {
	expect(secondsToWait(header)).toBe(seconds);
});

test.each([
	['as HTTP writes it today', 'Wed, 21 Oct 2026 07:29:30 GMT'],
	['with white space around it', '  Wed, 21 Oct 2026 07:29:30 GMT '],
	['as RFC 850 wrote it', 'Wednesday, 21-Oct-26 07:29:30 GMT'],
	['as C writes it', 'Wed Oct 21 07:29:30 2026'],
	['with an offset', 'Wed, 21 Oct 2026 09:29:30 +0200'],
	['of ISO 8601', '2026-10-21T07:29:30Z'],
	['before another header', 'Wed, 21 Oct 2026 07:29:30 GMT, 30'],
	['before another date', 'Wed, 21 Oct 2026 07:29:30 GMT, Wed, 21 Oct 2026 08:00:00 GMT'],
])('Retry-After may be a date %s', (_, header) => {
	expect(secondsToWait(header, NOW)).toBe(90);
});

test('a date names the same moment in every time zone', () => {
	const before = process.env.TZ;
	try {
		for (process.env.TZ of ['Asia/Shanghai', 'America/New_York', 'UTC']) {
			expect(secondsToWait('Wed Oct 21 07:29:30 2026', NOW)).toBe(90);
		}
	} finally {
		if (before === undefined) delete process.env.TZ;
		else process.env.TZ = before;
	}
});

test('a date that has passed asks for no wait', () => {
	expect(secondsToWait('Wed, 21 Oct 2015 07:28:00 GMT', NOW)).toBe(0);
});

test('a date that cannot be is none', () => {
	expect(secondsToWait('Wed, 99 Oct 2026 07:28:00 GMT', NOW)).toBeUndefined();
});

test('the error of a refusal carries the wait', async () => {
	const script = refusing(429, {}, { 'retry-after': '1.5' });

	expect((await refusalOf(script)).retryAfter).toBe(1.5);
});

test.each([
	['an hour behind', -3600],
	['an hour ahead', 3600],
	['years behind', -3e8],
])('a date is understood by the service’s clock when ours is %s', async (_, off) => {
	const served = Date.now() - off * 1000;
	const at = (seconds: number) => new Date(served + seconds * 1000).toUTCString();
	const dates = { date: at(0), 'retry-after': at(30) };

	expect((await refusalOf(refusing(429, {}, dates))).retryAfter).toBe(30);
});

test('without a date of the service, or a wrong one, our clock must do', async () => {
	for (const date of [undefined, 'yesterday']) {
		const soon = new Date(Date.now() + 30_000).toUTCString();
		const { retryAfter } = await refusalOf(refusing(429, {}, { date, 'retry-after': soon }));

		expect(retryAfter).toBeGreaterThan(25);
		expect(retryAfter).toBeLessThanOrEqual(30);
	}
});
