using Refresher.Core.Runs;

namespace Refresher.Core.Tests.Runs;

public sealed class UniqueKeyTests : EngineTest
{
    [Fact]
    public async Task Asking_again_comes_to_the_run_that_has_the_key_until_it_has_ended()
    {
        var first = await PostAsync("""{"kind":"echo","uniqueKey":"invoice 7","options":{"wait":"00:00:01"}}""");

        Assert.Equal(first, await PostAsync("""{"kind":"echo","uniqueKey":"invoice 7"}"""));
        await EndedAsync(first);

        Assert.NotEqual(first, await PostAsync("""{"kind":"echo","uniqueKey":"invoice 7"}"""));
    }

    [Fact]
    public async Task A_period_keeps_the_key_beyond_the_end_of_the_run()
    {
        var first = await PostAsync("""{"kind":"echo","uniqueKey":"daily","uniqueFor":"00:00:04"}""");
        await EndedAsync(first);

        Assert.Equal(first, await PostAsync("""{"kind":"echo","uniqueKey":"daily"}"""));

        var second = await Testing.Eventually.SeeAsync(() => PostAsync("""{"kind":"echo","uniqueKey":"daily"}"""), id => id != first);
        Assert.Equal(RunState.Succeeded, (await EndedAsync(second)).State);
    }

    [Fact]
    public async Task Many_at_once_come_to_one_run_a_key()
    {
        string[] batch = [.. Enumerable.Range(0, 60).Select(n => $$$"""{"kind":"echo","uniqueKey":"k{{{n % 3}}}","options":{"wait":"00:00:02"}}""")];

        var posted = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync(batch)));

        Assert.Equal(3, posted.SelectMany(ids => ids).Distinct().Count());
        Assert.All(await EndedAsync(posted[0].Distinct()), run => Assert.Equal(RunState.Succeeded, run.State));
        Assert.Equal(3, (await RunsAsync(new RunFilter())).Count);
    }

    [Fact]
    public async Task A_key_is_its_kinds_own_and_a_delayed_or_retrying_run_keeps_it()
    {
        var delayed = await PostAsync($$$"""{"kind":"echo","uniqueKey":"k","dueAt":"{{{DateTimeOffset.UtcNow.AddSeconds(2):O}}}","options":{"failFirst":1},"retry":{"maxAttempts":2,"delay":"00:00:01"}}""");

        Assert.Equal(delayed, await PostAsync("""{"kind":"echo","uniqueKey":"k"}"""));
        Assert.NotEqual(delayed, await PostAsync("""{"kind":"hello","uniqueKey":"k"}"""));
        await Testing.Eventually.SeeAsync(() => RunAsync(delayed), run => run.State == RunState.Retrying);

        Assert.Equal(delayed, await PostAsync("""{"kind":"echo","uniqueKey":"k"}"""));
    }

    [Theory]
    [InlineData("""{"kind":"echo","uniqueKey":""}""", "uniqueKey")]
    [InlineData("""{"kind":"echo","uniqueFor":"00:01:00"}""", "uniqueFor")]
    [InlineData("""{"kind":"echo","uniqueKey":"k","uniqueFor":"00:00:00"}""", "uniqueFor")]
    [InlineData("""{"kind":"echo","concurrencyKey":"a b"}""", "concurrencyKey")]
    public async Task A_wrong_key_is_named(string json, string field)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => PostAsync(json));

        Assert.Contains(field, error.Message, StringComparison.Ordinal);
    }
}
