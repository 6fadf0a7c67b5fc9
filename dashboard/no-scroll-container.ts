/**
 * Stands in for `Table.ScrollContainer` in the built web app, which nobody uses here: on phones a table is
 * a list of cards. The real one brings its scroll bars and the placing of pop-ups with every table.
 */
export const TableScrollContainer = undefined;
