// What the portal reads of the API's answers: the contract's types, and what is always there in a whole entity.
import type * as gen from './types.gen';

export type { Facets, Impact, Neighbourhood, Panel, PanelEntry, Plugin, PluginState, Problem, Session, Source } from './types.gen';

export type CatalogMap = gen.Map;
export type Tree = gen.Tree;
export type TreeItem = Tree['items'][number];
export type MapBox = CatalogMap['boxes'][number];
export type MapEntity = CatalogMap['entities'][number];
export type GraphNode = gen.Neighbourhood['nodes'][number];
export type HistoryDiff = gen.GetHistoryDiffAnswer;
export type HistoryList = gen.GetHistoryAnswer;
export type PanelAction = gen.Panel['actions'][number];
export type PanelList = gen.GetPanelsAnswer;
export type PanelOutcome = gen.RunPanelActionAnswer;
export type PluginList = gen.GetPluginsAnswer;
export type ProblemPage = gen.GetProblemsAnswer;
export type SourceList = gen.GetSourcesAnswer;
export type Relation = NonNullable<gen.Entity['relations']>[number];

/** An entity that was asked for with its name. Whatever else it holds, a stranger wrote it. */
export type Entity = Omit<gen.Entity, 'kind' | 'metadata' | 'status'> & {
  kind: string;
  metadata: Omit<gen.Entity['metadata'], 'name' | 'links'> & { name: string; links?: EntityLink[] };
  status?: { items?: StatusItem[] };
};

export interface EntityLink {
  url: string;
  title?: string;
}

export interface StatusItem {
  type: string;
  level: 'info' | 'warning' | 'error';
  message: string;
}

export interface Ancestry {
  rootEntityRef: string;
  items: { entity: Entity; parentEntityRefs: string[] }[];
}

export type EntityPage = Omit<gen.EntityPage, 'items'> & { items: Entity[] };
