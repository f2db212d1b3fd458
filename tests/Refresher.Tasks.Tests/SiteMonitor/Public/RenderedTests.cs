using Refresher.Ui.Public;

namespace Refresher.Tasks.Tests.SiteMonitor.Public;

public sealed class RenderedTests
{
    [Fact]
    public async Task A_thousand_who_ask_at_once_get_what_one_has_made()
    {
        var (rendered, made) = (new Rendered(TestClock.Start()), 0);
        var gate = new TaskCompletionSource();

        var asked = Enumerable.Range(0, 1000).Select(_ => rendered.GetAsync(async () =>
        {
            Interlocked.Increment(ref made);
            await gate.Task;
            return Answer("one");
        }).AsTask()).ToArray();
        gate.SetResult();
        var answers = await Task.WhenAll(asked);

        Assert.Equal(1, made);
        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task A_young_answer_is_kept_an_older_one_served_while_the_next_is_made_and_an_old_one_never()
    {
        var clock = TestClock.Start();
        var rendered = new Rendered(clock);
        var first = await rendered.GetAsync(() => Task.FromResult(Answer("first")));

        clock.Advance(Rendered.Fresh - TimeSpan.FromMilliseconds(1));
        Assert.Same(first, await rendered.GetAsync(() => throw new InvalidOperationException("It is young.")));

        clock.Advance(TimeSpan.FromMilliseconds(2));
        var second = new TaskCompletionSource<PublicAnswer>();
        Assert.Same(first, await rendered.GetAsync(() => second.Task));

        clock.Advance(Rendered.Old);
        var waiting = rendered.GetAsync(() => throw new InvalidOperationException("One is being made.")).AsTask();
        Assert.False(waiting.IsCompleted);
        second.SetResult(Answer("second"));
        Assert.NotSame(first, await waiting);
    }

    private static PublicAnswer Answer(string text) => PublicAnswer.Text(text, PublicAnswer.Html, Facts.Now);

    /// <summary>A clock that stands until it is moved.</summary>
    private sealed class TestClock : TimeProvider
    {
        private TimeSpan _gone;

        public static TestClock Start() => new();

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _gone.Ticks + 1;

        public void Advance(TimeSpan by) => _gone += by;
    }
}
