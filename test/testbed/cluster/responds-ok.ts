/** Whether a server says that it is well; false also while nothing listens there. */
export async function respondsOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
