using Refresher.Core.Contract;
using Refresher.Core.Execution;

namespace Refresher.Core.Tests.Execution;

public sealed class RetryCausesTests : EngineTest
{
    [Theory]
    [InlineData(null, null, true)]
    [InlineData("IOException", null, true)]
    [InlineData("System.IO.IOException", null, true)]
    [InlineData("filenotfoundexception", null, true)]
    [InlineData("HttpRequestException", null, false)]
    [InlineData("timeLimit", null, false)]
    [InlineData(null, "IOException", false)]
    [InlineData(null, "HttpRequestException", true)]
    public void An_exception_is_a_cause_by_its_type_and_the_bases_of_it(string? onlyOn, string? exceptOn, bool retried)
    {
        var policy = new RetryPolicy { OnlyOn = onlyOn is null ? null : [onlyOn], ExceptOn = exceptOn is null ? null : [exceptOn] };

        Assert.Equal(retried, RetryCauses.Allow(policy, RetryCauses.Of(new FileNotFoundException())));
    }

    [Theory]
    [InlineData("""{"kind":"echo","options":{"throws":"x"},"retry":{"maxAttempts":2,"delay":"00:00:00","exceptOn":["InvalidOperationException"]}}""", 1, "not a cause that is retried")]
    [InlineData("""{"kind":"echo","options":{"throws":"x"},"retry":{"maxAttempts":2,"delay":"00:00:00","onlyOn":["InvalidOperationException"]}}""", 2, "attempt 2 of 2")]
    [InlineData("""{"kind":"echo","options":{"wait":"00:01:00"},"timeout":"00:00:01","retry":{"maxAttempts":2,"delay":"00:00:00","exceptOn":["timeLimit"]}}""", 1, "time limit")]
    [InlineData("""{"kind":"echo","options":{"failFirst":9},"retry":{"maxAttempts":3,"delay":"00:00:00","onlyOn":["retry"]}}""", 3, "attempt 3 of 3")]
    public async Task Only_what_the_policy_names_is_retried(string json, int attempts, string reason)
    {
        var run = await EndedAsync(await PostAsync(json));

        Assert.Equal(attempts, run.Attempt);
        Assert.Contains(reason, run.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"onlyOn":[]}""", "onlyOn")]
    [InlineData("""{"exceptOn":[""]}""", "exceptOn")]
    [InlineData("""{"onlyOn":["A"],"exceptOn":["B"]}""", "exceptOn")]
    public async Task A_wrong_cause_is_named(string retry, string field)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => PostAsync($$"""{"kind":"echo","retry":{{retry}}}"""));

        Assert.Contains(field, error.Message, StringComparison.Ordinal);
    }
}
