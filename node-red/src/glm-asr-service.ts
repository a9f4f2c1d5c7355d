import type { NodeAPI, NodeDef } from 'node-red';

import { Service, type ServiceNode, type ServiceSettings, type TlsConfig } from './service';

/** The configuration as a flow file holds it. */
type Config = NodeDef & Omit<ServiceSettings, 'apiKey'> & { tls?: string };

export = function register(RED: NodeAPI): void {
	function GlmAsrService(this: ServiceNode, config: Config) {
		RED.nodes.createNode(this, config);
		const { platform, baseUrl, concurrency, tls } = config;
		const service = new Service(
			{ platform, baseUrl, concurrency, apiKey: this.credentials?.apiKey },
			tls ? (RED.nodes.getNode(tls) as unknown as TlsConfig | null) : null,
		);
		this.service = service;
		if (service.warning) this.warn(service.warning);
		this.on('close', (done: () => void) => {
			service.close().then(done, done);
		});
	}
	RED.nodes.registerType<ServiceNode, Config, object, { apiKey?: string }>(
		'glm-asr-service',
		GlmAsrService,
		{
			credentials: { apiKey: { type: 'password' } },
		},
	);
};
