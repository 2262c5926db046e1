import { adopt, type DataLayout } from '../../shared/platform/store/data-layout.ts';
import { orderOldRecords, putIntoBlocks } from './order-old-records.ts';

/** How the data of the monitor lie in its folder. Version 2 knows in which order predictions came and windows were closed; version 3 has predictions and answers of shadows in blocks. */
export const monitorLayout: DataLayout = {
  name: 'monitor',
  migrations: [adopt, orderOldRecords, putIntoBlocks],
};
