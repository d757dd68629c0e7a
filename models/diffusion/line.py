"""Who is in the batch of the engine (see `models.diffusion.engine`), and who is in line for it."""

from collections import deque

from models.diffusion.job import Job


class Line:
    """First come, first served, with room for so many rows.

    A long run has its turn, and where others wait it then stands at the end of the line again.
    Whoever calls holds the engine's lock.
    """

    def __init__(self, most_rows: int, turn: int):
        self.most_rows, self.turn = most_rows, turn
        self.batch: list[Job] = []
        self.waiting: deque[Job] = deque()

    def __len__(self) -> int:
        """How many runs are under way or in line."""
        return len(self.batch) + len(self.waiting)

    def add(self, job: Job) -> None:
        """Let it stand in line."""
        self.waiting.append(job)

    def remove(self, job: Job) -> None:
        """Take it out, wherever it is."""
        for place in (self.batch, self.waiting):
            if job in place:
                place.remove(job)

    def fill(self) -> list[Job]:
        """Let runs join the batch while there is room; one that is larger than that goes alone.

        Returns:
            Who is in the batch now.
        """
        if self.waiting:
            self.waiting.extend(job for job in self.batch if job.served >= self.turn)
            self.batch = [job for job in self.batch if job.served < self.turn]
        rows = sum(job.rows for job in self.batch)
        while self.waiting and (not rows or rows + self.waiting[0].rows <= self.most_rows):
            job = self.waiting.popleft()
            job.begin()
            rows += job.rows
            self.batch.append(job)
        return list(self.batch)

    def before(self, job: Job) -> tuple[int, int]:
        """How many wait before a run in line, and the rows that those under way and they take."""
        ahead = self.waiting.index(job)
        others = [*self.batch, *list(self.waiting)[:ahead]]
        return ahead, sum(map(self._turn_of, others))

    def work_in_line(self) -> int:
        """Rows that those in line take in their next turns."""
        return sum(map(self._turn_of, self.waiting))

    def _turn_of(self, job: Job) -> int:
        """Rows that a run takes until others have their turn: none where it has had its own."""
        return min(job.work, max(0, self.turn - (job.served if job in self.batch else 0)))
