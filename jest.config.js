const common = {
	rootDir: __dirname,
	testEnvironment: 'node',
	// Installed hosts have package names of their own.
	modulePathIgnorePatterns: ['<rootDir>/.cache', '<rootDir>/.start'],
	transform: {
		'\\.ts$': [
			'ts-jest',
			// Types are checked by the build; here each file is only translated.
			{
				tsconfig: {
					...require('./tsconfig.json').compilerOptions,
					module: 'commonjs',
					moduleResolution: 'node10',
					ignoreDeprecations: '6.0',
				},
				diagnostics: false,
			},
		],
	},
};

/** `npm test` runs the project "test"; `npm run test:hosts`, `test:media` and `test:faults` run the others. */
module.exports = {
	// A busy machine is slow, not wrong.
	testTimeout: 30_000,
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
