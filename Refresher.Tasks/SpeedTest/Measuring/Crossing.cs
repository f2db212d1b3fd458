namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>What has crossed a line for one stream.</summary>
/// <param name="Bytes">Those that came without a gap before them; where the sender counts, all that the other side has.</param>
/// <param name="Segments">The segments that arrived, those after a gap, short ones and doubles included; 0 where that is unknown.</param>
/// <param name="SegmentSize">The most bytes that one may have.</param>
internal readonly record struct Crossing(long Bytes, long Segments, int SegmentSize)
{
    public Crossing And(Crossing other) => new(Bytes + other.Bytes, Segments + other.Segments, Math.Max(SegmentSize, other.SegmentSize));
}
