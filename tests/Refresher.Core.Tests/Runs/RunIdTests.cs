using Refresher.Core.Runs;

namespace Refresher.Core.Tests.Runs;

public sealed class RunIdTests
{
    private static readonly DateTimeOffset Due = new(2026, 11, 20, 12, 0, 0, 123, TimeSpan.Zero);
    private static readonly Guid Schedule = new("01a1fbfd-ed71-7567-97a9-911c0647b93f");

    [Fact]
    public void An_occurrence_has_one_id_however_often_and_wherever_it_is_computed()
    {
        // A written value: a change of the form would make an occurrence that is stored already run again.
        Assert.Equal("01a1f8d3-ea7b-7807-9cc8-6aa040fc6c4f", RunId.OfOccurrence(Schedule, Due).ToString());
        Assert.Equal(RunId.OfOccurrence(Schedule, Due), RunId.OfOccurrence(Schedule, Due.ToOffset(TimeSpan.FromHours(9))));
    }

    [Fact]
    public void Other_schedules_and_other_times_have_other_ids()
    {
        var ids = Enumerable.Range(0, 1000).SelectMany(i => new[]
        {
            RunId.OfOccurrence(Schedule, Due.AddMilliseconds(i)),
            RunId.OfOccurrence(new Guid(i + 1, 0, 0, new byte[8]), Due),
        });

        Assert.Equal(2000, ids.Distinct().Count());
    }

    [Fact]
    public void Ids_are_uuids_of_version_7_with_the_variant_of_rfc_9562()
    {
        Guid[] ids = [RunId.OfOccurrence(Schedule, Due), .. Enumerable.Range(0, 100).Select(_ => RunId.New(Due))];

        Assert.All(ids, id =>
        {
            Assert.Equal(7, id.Version);
            Assert.InRange(id.Variant, 8, 11);
        });
    }

    [Fact]
    public void Ids_of_runs_asked_for_together_sort_as_they_were_given()
    {
        var ids = Enumerable.Range(0, 50_000).Select(place => RunId.New(Due, place)).ToArray();

        Assert.Equal(ids, ids.Order());
        Assert.All(ids, id => Assert.Equal((7, Due), (id.Version, RunId.TimeOf(id))));
    }

    [Fact]
    public void An_id_holds_its_due_time_to_the_millisecond()
    {
        Assert.Equal(Due, RunId.TimeOf(RunId.New(Due.AddTicks(9_999))));
        Assert.Equal(Due, RunId.TimeOf(RunId.OfOccurrence(Schedule, Due)));
        Assert.Equal(DateTimeOffset.UnixEpoch, RunId.TimeOf(RunId.New(DateTimeOffset.MinValue)));
        Assert.Equal(DateTimeOffset.MaxValue.ToUnixTimeMilliseconds(), RunId.TimeOf(RunId.New(DateTimeOffset.MaxValue)).ToUnixTimeMilliseconds());
        Assert.Equal(9999, RunId.TimeOf(Guid.AllBitsSet).Year);
    }

    [Fact]
    public void Ids_sort_by_due_time_in_the_order_of_the_bytes_which_is_postgresqls()
    {
        var random = new Random(7);
        var ids = Enumerable.Range(0, 2000).Select(_ => RunId.New(Due.AddMilliseconds(random.Next(-1_000_000_000, 1_000_000_000)))).ToArray();

        var byBytes = ids.OrderBy(id => Convert.ToHexString(id.ToByteArray(bigEndian: true)), StringComparer.Ordinal).ToArray();

        Assert.Equal(byBytes, ids.Order());
        Assert.Equal(byBytes.Select(RunId.TimeOf), byBytes.Select(RunId.TimeOf).Order());
    }

    [Fact]
    public void The_lowest_id_of_a_millisecond_bounds_all_that_are_due_in_it()
    {
        var ids = Enumerable.Range(0, 200).Select(_ => RunId.New(Due)).ToArray();

        Assert.All(ids, id =>
        {
            Assert.True(id.CompareTo(RunId.LowestAt(Due)) > 0);
            Assert.True(id.CompareTo(RunId.LowestAt(Due.AddMilliseconds(1))) < 0);
        });
    }

    [Fact]
    public void Bounds_are_the_ends_of_the_order()
    {
        var random = new Random(3);
        for (var count = 1; count < 40; count++)
        {
            var ids = Enumerable.Range(0, count).Select(_ => RunId.New(Due.AddSeconds(random.Next(-5, 5)))).ToArray();

            Assert.Equal((ids.Min(), ids.Max()), RunId.Bounds(ids));
        }
    }
}
