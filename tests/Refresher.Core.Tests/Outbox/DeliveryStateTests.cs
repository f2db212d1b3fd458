using Refresher.Core.Outbox.Delivery;

namespace Refresher.Core.Tests.Outbox;

public sealed class DeliveryStateTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_batch_waits_longer_each_time_and_is_taken_apart_at_the_fifth()
    {
        var state = DeliveryState.Clean;
        var waits = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(0, state.Alone);
            state = state.Failed("no", 7, Now.AddMinutes(i));
            waits.Add((state.RetryAt!.Value - Now.AddMinutes(i)).TotalSeconds);
        }

        Assert.Equal([0.2, 0.4, 0.8, 1.6, 3.2], waits);
        Assert.Equal((7, Now), (state.Alone, state.FailingSince));
    }

    [Fact]
    public void One_that_is_set_aside_between_others_costs_no_wait_and_many_in_a_row_wait_up_to_half_a_minute()
    {
        var state = new DeliveryState(DeliveryState.TriesTogether, 50, null, "no", Now);
        state = state.SetAside("no", Now);
        Assert.Null(state.RetryAt);
        state = state.PassedAlone().SetAside("no", Now);
        Assert.Null(state.RetryAt);
        Assert.Equal(47, state.Alone);

        for (var i = 0; i < 20; i++)
        {
            state = state.SetAside("no", Now);
        }

        Assert.Equal(Now.AddSeconds(30), state.RetryAt);
        Assert.Equal(DeliveryState.Clean, new DeliveryState(DeliveryState.TriesTogether, 1, null, "no", Now).PassedAlone());
    }
}
