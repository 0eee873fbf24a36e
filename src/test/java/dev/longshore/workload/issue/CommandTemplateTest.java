package dev.longshore.workload.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTemplateTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          uv run cape-adw {id}     | uv;run;cape-adw;{id}
          `  a	b  `               | a;b
          a 'b c' "d e"            | a;b c;d e
          a --x="b c"'d'e          | a;--x=b cde
          a "" ''                  | a;;
          a "b'c" 'd"e'            | a;b'c;d"e
          a b\\ c \\"d             | a;b c;"d
          a "b\\"c\\\\d\\e" 'f\\g' | a;b"c\\d\\e;f\\g
          a $HOME *.txt > ~/b      | a;$HOME;*.txt;>;~/b
          """)
  void splitsWordsOnce(String text, String words) {
    assertThat(String.join(";", CommandTemplate.of(text).words())).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``          | it has no words
          `   `       | it has no words
          '' a        | its first word, the program, is empty
          a "b        | the quote " at position 3 is not closed
          it's        | the quote ' at position 3 is not closed
          a b\\       | it ends in a backslash
          a "b\\      | it ends in a backslash
          {id} a      | its first word is {id}: an issue must not choose the program
          """)
  void saysWhatIsWrong(String text, String message) {
    assertThatThrownBy(() -> CommandTemplate.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void fillsEachPlaceInsideItsWord() {
    assertThat(
            CommandTemplate.of("run --issue={id} '{id}: {description}!' {description} {other}")
                .fill(17, "Fix \"it\"; rm -rf '$HOME'"))
        .containsExactly(
            "run",
            "--issue=17",
            "17: Fix \"it\"; rm -rf '$HOME'!",
            "Fix \"it\"; rm -rf '$HOME'",
            "{other}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{id} {description}", "$1 \\", "two\nlines", "--help", ""})
  void leavesADescriptionAsItIs(String description) {
    assertThat(CommandTemplate.of("run {description}").fill(1, description))
        .containsExactly("run", description);
  }
}
