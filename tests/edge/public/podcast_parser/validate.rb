# Ruby's own RSS library, validating: RSS 2.0 and Apple's tags. Feeds with NUL between them; a line for each.
require "rss"
require "rss/itunes"
$stdin.read.split("\0").each do |text|
  feed = RSS::Parser.new(text, RSS::Parser.default_parser)
  feed.do_validate = true
  feed.ignore_unknown_element = true # the podcast namespace is newer than it; the other reader knows it
  channel = feed.parse.channel
  puts ["valid", channel.title, channel.itunes_explicit, *channel.items.map { |item| item.enclosure.length }].join(" | ")
rescue RSS::Error => error
  puts error.class
end
