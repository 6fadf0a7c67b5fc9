import type { NewEvent } from '@node3/shared/events';
import type { GallerySort, TemplateVisibility } from '@node3/shared/routes/templates';
import type { TemplateParameter } from '@node3/shared/template';
import type { GalleryPlace } from '../domain/gallery-cursor.ts';

export interface TemplateRow {
  templateId: string;
  accountId: string;
  name: string;
  description: string | null;
  /** The newest version. */
  version: number;
  createdAtMs: number;
  archivedAtMs: number | null;
  /** `unlisted`: for whoever has its id. */
  visibility: TemplateVisibility;
  tags: string[];
  /** Jobs that were posted from it, by whomever. */
  uses: number;
  /** Since when the operator shows it to nobody but its owner. */
  hiddenAtMs: number | null;
}

/** A public template as the gallery shows it. */
export interface GalleryRow extends TemplateRow {
  /** Name of the account, which may have none. */
  owner: string | null;
}

export interface TemplateVersionRow {
  templateId: string;
  version: number;
  spec: Record<string, unknown>;
  parameters: TemplateParameter[];
  createdAtMs: number;
}

/** What a version says; its number comes from the store. */
export type TemplateContent = Pick<TemplateVersionRow, 'spec' | 'parameters' | 'createdAtMs'>;

export interface TemplateStore {
  /** Stores a template with its version 1. Rejects with LIMIT_REACHED past `max` of the account. */
  createTemplate(
    template: TemplateRow,
    content: TemplateContent,
    max: number,
    events: NewEvent[],
  ): Promise<void>;
  /**
   * Adds the next version. Rejects with LIMIT_REACHED past `max` versions, TEMPLATE_ARCHIVED, or
   * TEMPLATE_NOT_FOUND. `events` gets the template with its new version and may throw: then nothing is
   * added.
   */
  addTemplateVersion(
    templateId: string,
    content: TemplateContent,
    max: number,
    events: (template: TemplateRow) => NewEvent[],
  ): Promise<TemplateRow>;
  template(templateId: string): Promise<TemplateRow | null>;
  templateVersion(templateId: string, version: number): Promise<TemplateVersionRow | null>;
  /** Newest first; `beforeTemplateId` continues a page. */
  listTemplates(query: TemplateQuery): Promise<TemplateRow[]>;
  /** Stores visibility, tags and hiding as `change` says. It may throw. Rejects with TEMPLATE_NOT_FOUND. */
  changeTemplate(
    templateId: string,
    change: (template: TemplateRow) => { template: TemplateRow; events: NewEvent[] },
  ): Promise<TemplateRow>;
  /** Public ones that are neither hidden nor archived, newest first or the most used first. */
  listGallery(query: GalleryQuery): Promise<GalleryRow[]>;
  /** Archives it once; again it changes nothing. null for an unknown one. */
  archiveTemplate(
    templateId: string,
    nowMs: number,
    events: NewEvent[],
  ): Promise<TemplateRow | null>;
}

export interface TemplateQuery {
  accountId: string;
  archived: 'with' | 'without';
  beforeTemplateId: string | null;
  limit: number;
}

export interface GalleryQuery {
  /** In the name or description; null takes all. */
  q: string | null;
  tag: string | null;
  after: GalleryPlace | null;
  sort: GallerySort;
  limit: number;
}
