import { checkKey, warningOfKey } from '../../../core/api/keys';
import { failureOf } from '../../support/core';

test.each(['', '1f0c9b7e.Zx/9+q==&Y%k', 'sk-a_b:c~!'])(
	'a key of printable ASCII is taken: %j',
	(key) => {
		expect(checkKey(key, 'the service')).toBe(key);
	},
);

test('white space around a key is no part of it', () => {
	expect(checkKey(' key-1\r\n', 'the service')).toBe('key-1');
});

test('no key is an empty one, and a number is its digits', () => {
	expect([undefined, null, 1234].map((key) => checkKey(key, 'the service'))).toEqual([
		'',
		'',
		'1234',
	]);
});

test.each([
	'a\nb',
	'a\r\nb',
	'a\0b',
	'a b',
	'ключ',
	'a\u200bb',
	'a\u00e9',
	'a\u007fb',
	'\ud800',
	{},
])('a key that would be cut on its way is refused and not shown: %j', async (key) => {
	const error = await failureOf(() => checkKey(key, 'the service'));

	expect(error).toMatchObject({ code: 'invalid_parameter', isInputError: true });
	expect(error.problem).toMatch(/^The API key of the service holds a line break/);
	if (typeof key === 'string') expect(error.message).not.toContain(key);
});

describe('A key goes over plain http', () => {
	test.each([
		['http://asr.example.com/v1'],
		['http://8.8.8.8:8000/v1'],
		['http://172.32.0.1'],
		['http://100.128.0.1'],
		['http://[2001:db8::1]/v1'],
		['http://[::ffff:8.8.8.8]/v1'],
		['http://localhost.example.com'],
		['http://10.evil.test'],
		['HTTP://EXAMPLE.COM/'],
	])('to everybody on the way: %s', (url) => {
		expect(warningOfKey(url, 'key')).toMatch(/^The API key is sent over http, .*\.$/);
		expect(warningOfKey(url, '')).toBeUndefined();
		expect(warningOfKey(url, undefined)).toBeUndefined();
		expect(warningOfKey(url.replace(/^http/i, 'https'), 'key')).toBeUndefined();
	});

	test.each([
		'http://localhost:8000/v1',
		'http://127.0.0.1:8000/v1',
		'http://0x7f.1/',
		'http://10.0.0.7',
		'http://172.16.0.1',
		'http://172.31.255.255',
		'http://192.168.1.2',
		'http://169.254.1.1',
		'http://100.64.0.1',
		'http://[::1]:8000',
		'http://[fd00::1]',
		'http://[fe80::1]',
		'http://[::ffff:192.168.1.2]',
		'http://whisper:8000/v1',
		'http://asr.localhost.',
		'http://host.docker.internal:8000/v1',
		'http://nas.local/v1',
		'no address',
	])('only in a network of its own, or not at all: %s', (url) => {
		expect(warningOfKey(url, 'key')).toBeUndefined();
	});
});
