/** What to do where something that the monitor wrote can't be read. */
export const corruptRemedy =
  "restore the mesh's data from a backup, or remove the monitor's folder: it begins anew, without the predictions of before";
