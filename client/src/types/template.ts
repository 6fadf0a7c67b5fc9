import type { ParameterValue } from './schedule.ts';

/** A template as lists have it. */
export interface TemplateSummary {
  templateId: string;
  name: string;
  description: string | null;
  /** The newest one. */
  version: number;
  createdAt: string;
  archivedAt: string | null;
  /** `unlisted`: for whoever has the id. */
  visibility: 'private' | 'unlisted' | 'public';
  tags: string[];
  /** Jobs that were posted from it; null for a built-in one. */
  uses: number | null;
  /** When the operator took it out of the gallery. */
  hiddenAt: string | null;
}

/** A template that anybody may use. */
export interface GalleryTemplate {
  templateId: string;
  name: string;
  description: string | null;
  version: number;
  tags: string[];
  /** An example that comes with every marketplace. */
  builtIn: boolean;
  /** As its owner calls itself. */
  owner: string | null;
  uses: number | null;
  createdAt: string;
}

/** One version of a template. */
export interface Template extends TemplateSummary {
  /** Whether it is a template of your account. */
  own: boolean;
  /** Of the version that was asked for. */
  versionCreatedAt: string;
  /** A job spec whose texts may hold `{{name}}`. */
  spec: Record<string, unknown>;
  parameters: TemplateParameter[];
}

/** What is to be filled in, told apart by `type`. Without a word it is required when it has no default. */
export type TemplateParameter =
  | {
      name: string;
      description?: string;
      required?: boolean;
      type: 'string';
      default?: string;
      lengthMin?: number;
      lengthMax?: number;
      prefix?: string;
      charset?: 'letters' | 'digits' | 'alphanumeric' | 'hex' | 'slug' | 'path';
    }
  | NumberParameter<'integer'>
  | NumberParameter<'number'>
  | {
      name: string;
      description?: string;
      required?: boolean;
      type: 'boolean';
      default?: boolean;
    }
  | {
      name: string;
      description?: string;
      required?: boolean;
      type: 'choice';
      choices: string[];
      default?: string;
    }
  | {
      name: string;
      description?: string;
      required?: boolean;
      type: 'secret';
      lengthMin?: number;
      lengthMax?: number;
    };

/** A parameter that is a number between two bounds, both included. */
export interface NumberParameter<Type extends 'integer' | 'number'> {
  name: string;
  description?: string;
  required?: boolean;
  type: Type;
  default?: number;
  min?: number;
  max?: number;
}

/** What is filled in to get a job out of a template. */
export interface TemplateRun {
  parameters?: Record<string, ParameterValue>;
  /** The newest where nothing is said. */
  version?: number;
  /** Merged over the filled spec as RFC 7396 says: null takes a field away. */
  overrides?: Record<string, unknown>;
}

/** The spec that would be posted, with secrets masked. */
export interface TemplatePreview {
  templateId: string;
  version: number;
  spec: Record<string, unknown>;
  /** Names of masked variables. */
  secretEnv: string[];
}
