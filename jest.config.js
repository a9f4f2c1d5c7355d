const common = {
	rootDir: __dirname,
	testEnvironment: 'node',
	// Installed hosts have package names of their own.
	modulePathIgnorePatterns: ['<rootDir>/.cache', '<rootDir>/.start'],
	transform: {
		// Types are checked by the build; jest loads what is imported late as it loads everything else.
		'\\.ts$': [
			'<rootDir>/dev/build/jestTransform.js',
			{ target: 'node22', supported: { 'dynamic-import': false } },
		],
	},
};

/** `npm test` runs the project "test"; `npm run test:hosts`, `test:media` and `test:faults` run the others. */
module.exports = {
	// A busy machine is slow, not wrong.
	testTimeout: 30_000,
	maxWorkers: '100%',
	// Hosts leave most of themselves behind, and whoever decodes audio after them pays for it at every collection
	// of garbage: a process that holds so much makes room for another.
	workerIdleMemoryLimit: '150MB',
	projects: [
		{
			...common,
			displayName: 'test',
			testMatch: ['<rootDir>/test/{core,dev/{docs,service},nodes,node-red}/**/*.test.ts'],
		},
		{
			...common,
			displayName: 'hosts',
			testMatch: ['<rootDir>/test/{hosts,dev/start}/**/*.test.ts'],
		},
		{ ...common, displayName: 'faults', testMatch: ['<rootDir>/test/faults/**/*.test.ts'] },
		{ ...common, displayName: 'media', testMatch: ['<rootDir>/test/media/**/*.test.ts'] },
	],
};
