using Refresher.Core.Contract;
using Refresher.Core.Execution;

namespace Refresher.Core.Tests.Execution;

public sealed class RetryDelayTests
{
    private static readonly RetryPolicy Policy = new() { MaxAttempts = 10, Delay = TimeSpan.FromSeconds(5), Factor = 2, MaxDelay = TimeSpan.FromMinutes(1), Jitter = 0.2 };

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(3, 20)]
    [InlineData(4, 40)]
    [InlineData(5, 60)]
    [InlineData(9, 60)]
    public void The_wait_grows_by_its_factor_up_to_its_longest(int failures, double seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryDelay.After(failures, Policy, spread: 0.5));
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(0.25, 4.5)]
    [InlineData(0.5, 5)]
    [InlineData(1, 6)]
    public void Jitter_spreads_the_wait_to_both_sides(double spread, double seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryDelay.After(1, Policy, spread));
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(10, false)]
    [InlineData(11, false)]
    public void There_is_no_wait_after_the_last_attempt(int failures, bool again)
    {
        Assert.Equal(again, RetryDelay.After(failures, Policy, 0.5) is not null);
    }

    [Fact]
    public void A_policy_of_one_attempt_never_repeats()
    {
        Assert.Null(RetryDelay.After(1, PlatformDefaults.Retry, 0.5));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 30)]
    [InlineData(3, 3600)]
    [InlineData(7, 3600)]
    public void Waits_given_one_by_one_are_taken_in_order_and_the_last_one_repeats(int failures, double seconds)
    {
        var policy = Policy with { Jitter = 0, Delays = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), TimeSpan.FromHours(1)] };

        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryDelay.After(failures, policy, 0.9));
    }

    [Fact]
    public void A_wait_is_finite_however_often_it_grew()
    {
        var policy = Policy with { MaxAttempts = 100, Factor = 10, Delay = TimeSpan.FromDays(1), MaxDelay = TimeSpan.FromDays(2), Jitter = 1 };

        Assert.All(Enumerable.Range(1, 99), failures => Assert.InRange(RetryDelay.After(failures, policy, 1)!.Value, TimeSpan.FromDays(1), TimeSpan.FromDays(4)));
        Assert.Equal(TimeSpan.Zero, RetryDelay.After(50, policy, 0));
    }
}
