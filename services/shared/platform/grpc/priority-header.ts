/**
 * Header in which a call says that it is of high priority (`high`): the field of a request lies in its body, which is not read when there is more to do than can be done.
 */
export const priorityHeader = 'mlmesh-priority';
