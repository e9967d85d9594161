using System.Globalization;
using System.Numerics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OrleansMcp.Authorization.Policies.Arguments;

namespace OrleansMcp.Tests.Authorization.Policies;

/// <summary>Numbers compare by what they mean, not by how they are written, and are never rounded.</summary>
public sealed class ExactNumberTests
{
    [Fact]
    public void The_same_value_written_in_two_ways_is_equal() => Prop.ForAll(
        (from value in Value() from one in Gen.Choose(-60, 60) from other in Gen.Choose(-60, 60) select (value, one, other)).ToArbitrary(),
        given => Compare(Written(given.value, given.one), Written(given.value, given.other)) == 0).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_is_that_of_the_values() => Prop.ForAll(
        (from one in Value() from other in Value() from shift in Gen.Choose(-60, 60) select (one, other, shift)).ToArbitrary(),
        given => Compare(Written(given.one, given.shift), Written(given.other, -given.shift)) == Math.Sign(Order(given.one, given.other)))
        .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1 ")]
    [InlineData("0x1")]
    [InlineData("NaN")]
    [InlineData("1e1234567890")]
    [InlineData("1e-99999999999999999999")]
    public void What_is_no_number_or_out_of_all_proportion_is_not_read(string text) =>
        Assert.False(ExactNumber.TryParse(Encoding.ASCII.GetBytes(text), out _));

    /// <summary>A number as digits times a power of ten; neighbours and zeros are frequent.</summary>
    private static Gen<(BigInteger Digits, int Exponent)> Value() =>
        from high in Gen.Choose(-3, 3)
        from low in Gen.Choose(-2, 2)
        from zeros in Gen.Elements(0, 1, 18, 40)
        from exponent in Gen.Choose(-45, 45)
        select ((high * BigInteger.Pow(10, zeros)) + low, exponent);

    private static int Order((BigInteger Digits, int Exponent) one, (BigInteger Digits, int Exponent) other)
    {
        var least = Math.Min(one.Exponent, other.Exponent);
        return (one.Digits * BigInteger.Pow(10, one.Exponent - least)).CompareTo(other.Digits * BigInteger.Pow(10, other.Exponent - least));
    }

    /// <summary>The value in JSON with its exponent moved: 12e3, 1.2e4, 0.0012e7, 120e2.</summary>
    private static string Written((BigInteger Digits, int Exponent) value, int shift)
    {
        var digits = BigInteger.Abs(value.Digits).ToString(CultureInfo.InvariantCulture);
        var sign = value.Digits.Sign < 0 ? "-" : "";
        if (shift <= 0)
        {
            return $"{sign}{digits}{(value.Digits.IsZero ? "" : new string('0', -shift))}E{value.Exponent + (value.Digits.IsZero ? 0 : shift):+0;-0;+0}";
        }

        var padded = digits.PadLeft(shift + 1, '0');
        return $"{sign}{padded[..^shift]}.{padded[^shift..]}e{value.Exponent + shift}";
    }

    private static int Compare(string one, string other)
    {
        Assert.True(ExactNumber.TryParse(Encoding.ASCII.GetBytes(one), out var left), one);
        Assert.True(ExactNumber.TryParse(Encoding.ASCII.GetBytes(other), out var right), other);
        return Math.Sign(left.OrderBeside(right));
    }
}
