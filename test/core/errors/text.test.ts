import { beginning, clock } from '../../../core/errors/text';

test.each([
	['abc', 3, 'abc'],
	['abcd', 3, 'abc'],
	['ab🙂', 3, 'ab'],
	['ab🙂', 4, 'ab🙂'],
	['', 0, ''],
])('the beginning of "%s" within %i is "%s"', (text, length, expected) => {
	expect(beginning(text, length)).toBe(expected);
});

test.each([
	[0, '0:00'],
	[29.9, '0:29'],
	[60, '1:00'],
	[3665, '61:05'],
])('%d seconds are shown as %s', (seconds, expected) => {
	expect(clock(seconds)).toBe(expected);
});
