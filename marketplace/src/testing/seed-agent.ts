/** An agent as the node3 seed has one, written from the contract of its endpoints alone. */
export class SeedAgent {
  readonly #url: string;
  readonly wallet: string;
  apiKey = '';

  constructor(url: string, wallet: string) {
    this.#url = url;
    this.wallet = wallet;
  }

  async call(path: string, body?: object): Promise<{ status: number; body: SeedAnswer }> {
    const response = await fetch(`${this.#url}${path}`, {
      method: 'POST',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.apiKey === '' ? {} : { 'x-api-key': this.apiKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as SeedAnswer };
  }

  async register(extra: object = {}) {
    const answer = await this.call('/api/agents/register', {
      wallet_address: this.wallet,
      ...machine,
      compute_capability: { framework: 'cuda', gpu_type: 'nvidia' },
      ...extra,
    });
    if (answer.status === 200) this.apiKey = answer.body.api_key ?? '';
    return answer;
  }

  async available(extra: object = {}): Promise<SeedJobView[]> {
    const asked = { ...machine, compute_framework: 'cuda', ...extra };
    const { body } = await this.call('/api/jobs/available', asked);
    return body.jobs ?? [];
  }

  accept(jobId: string, wallet = this.wallet) {
    return this.call(`/api/jobs/${jobId}/accept`, { wallet_address: wallet });
  }
}

const machine = { gpu_model: 'NVIDIA RTX 4090', gpu_vendor: 'NVIDIA', gpu_memory: 25_757_220_864 };

export interface SeedJobView {
  job_id: string;
  docker_image: string;
  command: string[];
  environment: Record<string, string>;
  reward: number;
  timeout: number;
}

export interface SeedAnswer {
  agent_id?: string;
  api_key?: string;
  jobs?: SeedJobView[];
  detail?: unknown;
  code?: string;
  fix?: string;
  status?: string;
  job_id?: string;
  reward?: number;
}
